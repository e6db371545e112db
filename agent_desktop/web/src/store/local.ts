// What this browser remembers for itself: small JSON values that may always be absent.

const PREFIX = "trunkline.";

export function load<T>(name: string, fallback: T, where: Storage = localStorage): T {
  try {
    const text = where.getItem(PREFIX + name);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

export function save(name: string, value: unknown, where: Storage = localStorage): void {
  try {
    where.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    /* full or forbidden: the page works without it */
  }
}

export function forget(name: string, where: Storage = localStorage): void {
  try {
    where.removeItem(PREFIX + name);
  } catch {
    /* as above */
  }
}

/** Names kept under `prefix`, without it. */
export function names(prefix: string, where: Storage = localStorage): string[] {
  const start = PREFIX + prefix;
  try {
    return Object.keys(where)
      .filter((key) => key.startsWith(start))
      .map((key) => key.slice(start.length));
  } catch {
    return [];
  }
}
