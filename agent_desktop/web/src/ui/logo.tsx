// The mark: one trunk, two lines that leave it.

export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg class="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" />
      <path d="M7.5 11h17M16 11v13M16 17.5l6.5-6.5" />
    </svg>
  );
}
