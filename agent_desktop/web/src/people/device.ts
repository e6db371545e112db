// What a browser says of itself, in words.

/** The browser and system by name, as far as they say so. */
export function browserOf(agent: string | null): string {
  const text = agent ?? "";
  const browser = /(Edg|OPR|Firefox|Chrome|Version)\/(\d+)/.exec(text);
  const system = /(Windows|iPhone|iPad|Mac OS X|Android|CrOS|Linux)/.exec(text);
  const names: Record<string, string> = { Edg: "Edge", OPR: "Opera", Version: "Safari" };
  const systems: Record<string, string> = { "Mac OS X": "macOS", CrOS: "ChromeOS" };
  const name = browser ? `${names[browser[1] ?? ""] ?? browser[1]} ${browser[2]}` : text.slice(0, 40) || "?";
  return system ? `${name}, ${systems[system[1] ?? ""] ?? system[1]}` : name;
}
