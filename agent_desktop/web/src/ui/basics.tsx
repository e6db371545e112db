// Small parts: button, tag, timer, ring of time left, avatar, key cap, empty place.

import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { clockFace, fractionLeft, secondsSince, secondsUntil, tick } from "../store/clock";
import { initials } from "../store/caller";
import { Icon, type IconName } from "./icon";

export type Tone = "ready" | "busy" | "wrap" | "paused" | "alarm" | "out" | "accent" | "gold";

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "icon" | "size" | "role"> {
  kind?: "plain" | "primary" | "good" | "danger" | "quiet" | "link";
  icon?: IconName;
  small?: boolean;
  busy?: boolean;
  disabled?: boolean;
  type?: "button" | "submit";
  /** A button of an icon alone is named by this. */
  label?: string;
  children?: ComponentChildren;
}

export function Button({
  kind = "plain",
  icon,
  small,
  busy,
  label,
  children,
  class: extra,
  ...rest
}: ButtonProps) {
  const shape = [kind, small && "small", children === undefined && "square", extra].filter(Boolean).join(" ");
  return (
    <button type="button" aria-label={label} title={label} aria-busy={busy} {...rest} class={`btn ${shape}`}>
      {busy ? <Icon name="spinner" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export function Tag({
  tone = "out",
  icon,
  children,
}: {
  tone?: Tone;
  icon?: IconName;
  children: ComponentChildren;
}) {
  return (
    <span class={`tag tone-${tone}`}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </span>
  );
}

/** Counts up from `since` by the server's clock. */
export function Timer({ since }: { since: string | null | undefined }) {
  return <span class="timer">{clockFace(secondsSince(since, tick.value))}</span>;
}

interface RingProps {
  from: string;
  to: string;
  size?: number;
  children?: ComponentChildren;
}

/** A ring that empties from `from` to `to`; around its children, else around the seconds left. */
export function TimeRing({ from, to, size = 40, children }: RingProps) {
  const radius = size / 2 - 2;
  const around = 2 * Math.PI * radius;
  const left = fractionLeft(from, to, tick.value);
  return (
    <span class="ringed">
      <svg class="ring" width={size} height={size} viewBox={`0 0 ${size} ${size}`} aria-hidden>
        <circle class="track" cx={size / 2} cy={size / 2} r={radius} />
        <circle
          class="left"
          cx={size / 2}
          cy={size / 2}
          r={radius}
          stroke-dasharray={around}
          stroke-dashoffset={around * (1 - left)}
        />
      </svg>
      <span>{children ?? Math.min(secondsUntil(to, tick.value), secondsSince(from, Date.parse(to)))}</span>
    </span>
  );
}

export function Avatar({ name, large }: { name: string; large?: boolean }) {
  const letters = initials(name);
  return (
    <span class={large ? "avatar lg" : "avatar"} aria-hidden>
      {letters || <Icon name="user" large={large ?? false} />}
    </span>
  );
}

/** Ctrl+Shift+A as three key caps. */
export function Keys({ of }: { of: string }) {
  return (
    <span class="keys">
      {of.split("+").map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}

export function Empty({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title?: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Icon name={icon} />
      {title && <p class="strong soft">{title}</p>}
      <p class="small">{children}</p>
    </div>
  );
}
