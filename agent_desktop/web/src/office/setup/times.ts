// Hours and calendars as the set-up pages read and write them, and what can be said of times of a day. Pure.

import { formatClock, t, tag } from "../../i18n";
import { dates } from "../../i18n/formats";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Segments of each day, such as 09:00-13:30. */
export type Weekly = Partial<Record<Weekday, string[]>>;

export interface HoursRow {
  id: string;
  name: string;
  zone: string;
  weekly: Weekly;
  calendars: string[];
  version: number;
  open: boolean;
  changes_at: string | null;
}

export interface Day {
  date: string;
  name: string;
  yearly: boolean;
  open: string[];
}

export interface CalendarRow {
  id: string;
  name: string;
  days: Day[];
  version: number;
}

/** A segment as two fields; either may be unfinished. */
export interface Span {
  from: string;
  to: string;
}

export const DAY_MINUTES = 24 * 60;

/** Minutes since midnight of `09:30`; of the end of a segment 00:00 is the day's end. Null where it is no time. */
export function minutes(time: string, end = false): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(time);
  if (!found) return null;
  const all = Number(found[1]) * 60 + Number(found[2]);
  return end && all === 0 ? DAY_MINUTES : all <= DAY_MINUTES ? all : null;
}

export function spanOf(segment: string): Span {
  const [from = "", to = ""] = segment.split("-");
  return { from, to: to === "24:00" ? "00:00" : to };
}

/** As the server takes it. */
export const segmentOf = ({ from, to }: Span): string => `${from}-${to === "00:00" ? "24:00" : to}`;

/** Start and end minute; null where it is none, or ends before it begins. */
export function bounds(segment: string): [number, number] | null {
  const { from, to } = spanOf(segment);
  const [start, end] = [minutes(from), minutes(to, true)];
  return start !== null && end !== null && start < end ? [start, end] : null;
}

/** What is wrong with a day's segments, by their place. */
export function problemsOf(segments: readonly string[]): (string | undefined)[] {
  const found = segments.map(bounds);
  return segments.map((_, at) => {
    const mine = found[at];
    if (!mine) return t("hours.no_time");
    const other = found.findIndex((one, nth) => nth !== at && one && one[0] < mine[1] && mine[0] < one[1]);
    return other < 0 ? undefined : t("hours.overlaps", { other: timesWords([segments[other] ?? ""]) });
  });
}

export const sound = (segments: readonly string[]): boolean => problemsOf(segments).every((one) => !one);

/** 09:00–14:00, 16:00–19:30, or 9:00 AM–2:00 PM where people write it so. */
export const timesWords = (segments: readonly string[]): string =>
  segments
    .map((one) => (bounds(one) ? Object.values(spanOf(one)).map(formatClock).join("–") : one))
    .join(", ");

/** Where the next segment of a day could go: after the last, or office hours. */
export function another(segments: readonly string[]): string {
  const last = Math.max(-1, ...segments.map((one) => bounds(one)?.[1] ?? -1));
  if (last < 0) return "09:00-17:00";
  const start = Math.min(last + 60, DAY_MINUTES - 60);
  const end = Math.min(start + 4 * 60, DAY_MINUTES);
  return `${clock(start)}-${clock(end)}`;
}

export const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** The name of a weekday in the reader's language; a Monday is 2024-01-01. */
export function weekdayName(day: Weekday, width: "long" | "short" = "long"): string {
  const at = new Date(Date.UTC(2024, 0, 1 + WEEKDAYS.indexOf(day)));
  return dates(tag(), { weekday: width, timeZone: "UTC" }).format(at);
}

/** A date without a zone, as people here write it. */
export function dateWords(date: string, yearly = false): string {
  const at = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return date;
  const shown = yearly ? {} : ({ year: "numeric", weekday: "short" } as const);
  return dates(tag(), { day: "numeric", month: "long", timeZone: "UTC", ...shown }).format(at);
}

/** A moment by the clock of another zone: Mon 3 March, 09:00. */
export function momentThere(iso: string, zone: string): string {
  const wanted = {
    weekday: "short",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
  } as const;
  try {
    return dates(tag(), { ...wanted, timeZone: zone }).format(new Date(iso));
  } catch {
    return dates(tag(), wanted).format(new Date(iso));
  }
}

/** All that the browser knows, and the one that is set. */
export function zones(also: string): string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return [...new Set(["UTC", ...known, also])].sort();
}

/** Consecutive days with the same times in a line: Mon–Fri 09:00–14:00, 16:00–19:30. */
export function weekWords(weekly: Weekly): string {
  const lines: { first: Weekday; last: Weekday; times: string }[] = [];
  WEEKDAYS.forEach((day, at) => {
    const times = timesWords(weekly[day] ?? []);
    const before = lines[lines.length - 1];
    if (!times) return;
    if (before?.times === times && WEEKDAYS.indexOf(before.last) === at - 1) before.last = day;
    else lines.push({ first: day, last: day, times });
  });
  const days = ({ first, last }: (typeof lines)[number]): string =>
    first === last
      ? weekdayName(first, "short")
      : `${weekdayName(first, "short")}–${weekdayName(last, "short")}`;
  return lines.map((one) => `${days(one)} ${one.times}`).join(" · ");
}
