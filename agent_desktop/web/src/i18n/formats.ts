// Intl's formatters are dear to make and free to keep: each is made once.

const made = new Map<string, unknown>();

function once<T>(key: string, make: () => T): T {
  const known = made.get(key) as T | undefined;
  if (known !== undefined) return known;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}

export function numbers(tag: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return once(`n/${tag}/${JSON.stringify(options)}`, () => new Intl.NumberFormat(tag, options));
}

/** Throws a RangeError when the options name a zone that the browser does not know. */
export function dates(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once(`d/${tag}/${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(tag, options));
}

export function plurals(tag: string): Intl.PluralRules {
  return once(`p/${tag}`, () => new Intl.PluralRules(tag));
}

export function displayNames(tag: string, type: "language" | "region"): Intl.DisplayNames {
  return once(`w/${tag}/${type}`, () => new Intl.DisplayNames(tag, { type }));
}
