// What this browser remembers for itself: small JSON values that may always be absent.

const PREFIX = "trunkline.";

export type Shelf = "kept" | "session";

/** Even naming the storage throws where the browser forbids it. */
const shelf = (where: Shelf): Storage => (where === "kept" ? localStorage : sessionStorage);

export function load<T>(name: string, fallback: T, where: Shelf = "kept"): T {
  try {
    const text = shelf(where).getItem(PREFIX + name);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

/** False when the browser could not keep it. */
export function save(name: string, value: unknown, where: Shelf = "kept"): boolean {
  try {
    shelf(where).setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    return false; // full or forbidden: the page works without it
  }
}

export function forget(name: string, where: Shelf = "kept"): void {
  try {
    shelf(where).removeItem(PREFIX + name);
  } catch {
    /* as above */
  }
}

/** Names kept under `prefix`, without it. */
export function names(prefix: string, where: Shelf = "kept"): string[] {
  const start = PREFIX + prefix;
  try {
    return Object.keys(shelf(where))
      .filter((key) => key.startsWith(start))
      .map((key) => key.slice(start.length));
  } catch {
    return [];
  }
}

/** Call `heard` with the name (without `prefix`) of whatever another tab of this browser changes under it. */
export function onOtherTab(prefix: string, heard: (name: string) => void): void {
  const start = PREFIX + prefix;
  addEventListener("storage", ({ key }) => {
    if (key?.startsWith(start)) heard(key.slice(start.length));
  });
}
