// What callers are told, as the set-up pages read and write it: announcements, and what of them a queue says.

import { t, tryT } from "../../i18n";
import type { Problems } from "../../ui/form";

/** Sounds of the switch by language, one after the other. One that is `always` there can be changed, not removed. */
export interface Announcement {
  id: string;
  name: string;
  sounds: Record<string, string[]>;
  version: number;
  always: boolean;
}

/** What callers who wait in a queue are told. */
export interface Announce {
  welcome: string | null;
  position: boolean;
  wait: boolean;
  first_seconds: number;
  every_seconds: number;
}

const BOUNDS = { first_seconds: [0, 600], every_seconds: [15, 3600] } as const;

/** The same as a form has it. */
export interface AnnounceValues {
  welcome: string;
  announced: string[];
  first_seconds: string;
  every_seconds: string;
}

export function announceValues({
  welcome,
  position,
  wait,
  first_seconds,
  every_seconds,
}: Announce): AnnounceValues {
  const announced = Object.entries({ position, wait }).flatMap(([name, on]) => (on ? [name] : []));
  return {
    welcome: welcome ?? "",
    announced,
    first_seconds: String(first_seconds),
    every_seconds: String(every_seconds),
  };
}

export function announceOf(values: AnnounceValues): Announce {
  return {
    welcome: values.welcome || null,
    position: values.announced.includes("position"),
    wait: values.announced.includes("wait"),
    first_seconds: Number(values.first_seconds),
    every_seconds: Number(values.every_seconds),
  };
}

export function checkAnnounce(values: AnnounceValues): Problems {
  const found: Problems = {};
  for (const each of ["first_seconds", "every_seconds"] as const) {
    const [min, max] = BOUNDS[each];
    const written = values[each].trim();
    if (!/^\d+$/.test(written) || Number(written) < min || Number(written) > max)
      found[each] = t("setup.between", { min, max });
  }
  return found;
}

/** Those that hold figures: a queue says them by itself. */
const FIGURES = ["next", "position", "wait", "wait_short"];

/** What it is called; one that is there from the beginning, in the reader's language. */
export const nameOf = ({ id, name, always, version }: Announcement): string =>
  always && version === 0 ? tryT(`announcement_name.${id}`, name) : name;

/** Those that can be chosen to be said, by name. */
export const choosable = (all: Announcement[]): { id: string; name: string }[] =>
  all.filter(({ id }) => !FIGURES.includes(id)).map((one) => ({ id: one.id, name: nameOf(one) }));

const PART = "[A-Za-z0-9][A-Za-z0-9_-]*";
const SOUND = new RegExp(`^(${PART}(/${PART})*|number:(\\d{1,6}|position|minutes)|digits:\\d{1,20})$`);
const MOST = { sounds: 20, letters: 400, one: 80 };

/** Sounds as they are typed, with blanks or commas between. */
export const typed = (written: string): string[] => written.split(/[\s,]+/).filter(Boolean);

/** What is wrong with sounds as they are typed. */
export function soundsProblem(written: string): string | null {
  const sounds = typed(written);
  const wrong = sounds.find((one) => one.length > MOST.one || !SOUND.test(one));
  if (wrong !== undefined) return t("announcements.wrong", { sound: wrong.slice(0, MOST.one) });
  if (sounds.length > MOST.sounds || sounds.join("&").length > MOST.letters)
    return t("announcements.too_many");
  return null;
}
