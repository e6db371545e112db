// Words, plurals, numbers and dates in the reader's language. Catalogues are flat; English is the last resort.

import { computed, signal } from "@preact/signals";
import { load } from "../store/local";
import en from "./en.json";
import es from "./es.json";
import { dates, displayNames, numbers, plurals } from "./formats";
import ru from "./ru.json";
import zh from "./zh.json";

export type Key = keyof typeof en;
export type Language = "en" | "es" | "zh" | "ru";
type Forms = Partial<Record<Intl.LDMLPluralRule, string>>;
type Catalogue = Partial<Record<string, string | Forms>>;
export type Params = Record<string, string | number>;

export const LANGUAGES: { id: Language; name: string }[] = [
  { id: "en", name: "English" },
  { id: "es", name: "Español" },
  { id: "zh", name: "中文" },
  { id: "ru", name: "Русский" },
];

const CATALOGUES: Record<Language, Catalogue> = { en, es, zh, ru };
/** Those that have texts; a language that would show English is not offered. */
export const OFFERED = LANGUAGES.filter(({ id }) => Object.keys(CATALOGUES[id]).length > 0);
const STORE = "trunkline.language";

export const language = signal<Language>("en");

const tools = computed(() => {
  const words = language.value;
  const tag = navigator.languages?.find((each) => each.startsWith(words)) ?? words;
  return {
    tag,
    number: new Intl.NumberFormat(tag),
    time: new Intl.DateTimeFormat(tag, { timeStyle: "short" }),
    seconds: new Intl.DateTimeFormat(tag, { timeStyle: "medium" }),
    day: new Intl.DateTimeFormat(tag, { weekday: "short", day: "numeric", month: "short" }),
    date: new Intl.DateTimeFormat(tag, { day: "numeric", month: "short", year: "numeric" }),
    full: new Intl.DateTimeFormat(tag, { dateStyle: "full", timeStyle: "short" }),
    relative: new Intl.RelativeTimeFormat(tag, { numeric: "auto" }),
  };
});

/** The reader's language, with their country where the browser names one. */
export const tag = (): string => tools.value.tag;

export function isLanguage(value: string | null | undefined): value is Language {
  return LANGUAGES.some((each) => each.id === value);
}

/** The language to begin with: chosen here before, else the page's, else the browser's. */
export function chooseLanguage(preferred?: string | null): void {
  const stored = readStored();
  const wanted = [preferred, stored, document.documentElement.lang, ...navigator.languages];
  language.value = wanted.map((tag) => tag?.slice(0, 2)).find(isLanguage) ?? "en";
  document.documentElement.lang = language.value;
}

export function setLanguage(next: Language): void {
  language.value = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(STORE, next);
  } catch {
    /* a browser that keeps nothing still works */
  }
}

function readStored(): string | null {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

/** The text for `key`; `count` among the parameters chooses the plural form. */
export function t(key: Key, params: Params = {}): string {
  return translate(key, params, language.value) ?? key;
}

/** As `t`, for keys made from what the server sends; `fallback` when no catalogue has it. */
export function tryT(key: string, fallback: string, params: Params = {}): string {
  return translate(key, params, language.value) ?? fallback;
}

export function translate(key: string, params: Params, tag: Language): string | undefined {
  for (const each of [tag, "en"] as const) {
    const found = CATALOGUES[each][key];
    const text = typeof found === "object" ? pick(found, params.count, each) : found;
    if (text) return stretched(fill(text, params, each));
  }
  return undefined;
}

/** For tests of the layout: every text half as long again. */
const PSEUDO = load("pseudo", false);

function stretched(text: string): string {
  return PSEUDO ? `[!${text}${"~".repeat(Math.ceil(text.length * 0.45)).replace(/.{7}/g, "$& ")}]` : text;
}

function pick(forms: Forms, count: string | number | undefined, tag: Language): string | undefined {
  return forms[plurals(tag).select(Number(count ?? 0))] ?? forms.other;
}

function fill(text: string, params: Params, tag: Language): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers(tag).format(value) : value;
  });
}

export function formatNumber(value: number): string {
  return tools.value.number.format(value);
}

/** An amount in its currency; a bare number when that is unknown. */
export function formatMoney(value: number, currency: string | null): string {
  if (!currency || !/^[A-Z]{3}$/.test(currency)) return formatNumber(value);
  const style = { style: "currency", currency, maximumFractionDigits: 0 } as const;
  return numbers(tools.value.tag, style).format(value);
}

export function formatTime(iso: string): string {
  return tools.value.time.format(new Date(iso));
}

/** 14:05:09 */
export function formatSeconds(iso: string): string {
  return tools.value.seconds.format(new Date(iso));
}

/** A wall clock's "14:05" as people here write it. */
export function formatClock(hoursAndMinutes: string): string {
  return tools.value.time.format(new Date(`2026-01-01T${hoursAndMinutes}`));
}

/** The day and time, in words an agent can read out. */
export function formatFull(iso: string): string {
  return tools.value.full.format(new Date(iso));
}

export function formatDate(iso: string): string {
  return tools.value.date.format(new Date(iso));
}

/** today 14:05, yesterday 09:30, Tue 3 Mar 10:15; with the year when it is another one. */
export function formatWhen(iso: string, now: number): string {
  const { relative, day, date, time } = tools.value;
  const at = new Date(iso);
  const days = dayNumber(at) - dayNumber(new Date(now));
  if (Math.abs(days) <= 1) return `${relative.format(days, "day")} ${time.format(at)}`;
  const sameYear = at.getFullYear() === new Date(now).getFullYear();
  return sameYear ? `${day.format(at)} ${time.format(at)}` : date.format(at);
}

function dayNumber(at: Date): number {
  return Math.round(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86_400_000);
}

/** The time of day in a zone and which day it is there; null when the zone is unknown. */
export function timeThere(
  zone: string | null,
  now: number,
): { time: string; day: string; hour: number } | null {
  if (!zone) return null;
  try {
    const tag = tools.value.tag;
    const at = new Date(now);
    const hour = dates("en", { hour: "numeric", hourCycle: "h23", timeZone: zone }).format(at);
    return {
      time: dates(tag, { timeStyle: "short", timeZone: zone }).format(at),
      day: dates(tag, { weekday: "short", timeZone: zone }).format(at),
      hour: Number(hour),
    };
  } catch {
    return null;
  }
}

/** What clocks show that may be anywhere in `zones`: one time where all agree, else from the earliest to the latest. */
export function timesThere(
  zones: readonly string[],
  now: number,
): { time: string; full: string; hours: number[] } | null {
  const clocks = new Map<number, NonNullable<ReturnType<typeof timeThere>>>();
  for (const zone of zones) {
    const there = timeThere(zone, now);
    if (there) clocks.set(wallClock(zone, now), there);
  }
  const inOrder = [...clocks].sort(([one], [other]) => one - other);
  const [first, last] = [inOrder[0], inOrder.at(-1)];
  if (!first || !last) return null;
  const ends = first === last ? [first] : [first, last];
  return {
    time: first === last ? first[1].time : range(first[0], last[0]),
    full: ends.map(([, { day, time }]) => `${day} ${time}`).join(" – "),
    hours: inOrder.map(([, { hour }]) => hour),
  };
}

/** From one wall clock to a later one; over midnight too the hours alone. */
function range(first: number, last: number): string {
  const short = dates(tools.value.tag, { timeStyle: "short", timeZone: "UTC" });
  const oneDay = Math.floor(first / 86_400_000) === Math.floor(last / 86_400_000);
  return oneDay ? short.formatRange(first, last) : `${short.format(first)}–${short.format(last)}`;
}

/** Puts the clocks of known zones in order. */
function wallClock(zone: string, now: number): number {
  const parts = dates("en", {
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" },
    hourCycle: "h23",
    timeZone: zone,
  }).formatToParts(now);
  const of = (type: string): number => Number(parts.find((each) => each.type === type)?.value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"));
}

/** Where a browser has only letters (ET, CET) for a zone in the reader's own kind of a language, another kind has words. */
const ZONE_TAGS: Record<Language, string[]> = { en: ["en", "en-GB"], es: ["es-419"], zh: ["zh"], ru: ["ru"] };

/** A zone as people call it in the reader's language; the city of its id where the browser has no words for it. */
export function zoneName(zone: string): string {
  for (const tag of ZONE_TAGS[language.value]) {
    const name = zoneWords(tag, zone);
    if (name && !/^(?:[A-Z]{2,5}|(?:GMT|UTC).*)$/.test(name)) return name;
  }
  return zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
}

function zoneWords(tag: string, zone: string): string | undefined {
  try {
    const parts = dates(tag, { timeZone: zone, timeZoneName: "shortGeneric" }).formatToParts(0);
    return parts.find(({ type }) => type === "timeZoneName")?.value;
  } catch {
    return undefined;
  }
}

/** The name of a language or country in the reader's own, as it begins a line; the code when unknown. */
export function nameOf(type: "language" | "region", code: string | null): string {
  if (!code) return "";
  try {
    const name = displayNames(tools.value.tag, type).of(code) ?? code;
    return name.charAt(0).toLocaleUpperCase(tools.value.tag) + name.slice(1);
  } catch {
    return code;
  }
}
