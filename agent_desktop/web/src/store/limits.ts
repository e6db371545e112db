// How long a text may be, as the server counts it.

/** Characters of a note or a description that the server takes. */
export const TEXT_LIMIT = 20_000;
/** Characters of a begun ticket that the server keeps, as JSON. */
export const FORM_LIMIT = 60_000;
/** From here on the counter is shown. */
export const COUNT_FROM = 18_000;

/** Characters as people and the server count them: a picture sign is one. */
export function lengthOf(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length - 1; at += 1)
    if (text.charCodeAt(at) >= 0xd800 && text.charCodeAt(at) < 0xdc00) pairs += 1;
  return text.length - pairs;
}

export const isTooLong = (text: string): boolean => text.length > TEXT_LIMIT && lengthOf(text) > TEXT_LIMIT;
