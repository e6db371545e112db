// Whether hours as they stand in the form would be open now, and what comes next; asked of the server, which knows the
// holidays and the clocks of every zone.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { post } from "../../api";
import { t } from "../../i18n";
import { Tag } from "../../ui/basics";
import { dateWords, momentThere, sound, timesWords, type Weekly } from "./times";

interface Wanted {
  zone: string;
  weekly: Weekly;
  calendars: string[];
}

interface Found {
  open: boolean;
  changes_at: string | null;
  here: string;
  special: { date: string; name: string; open: string[] }[];
}

const SETTLES_MS = 300;

export function Preview({ wanted }: { wanted: Wanted }) {
  const found = useSignal<Found | null>(null);
  const asked = JSON.stringify(wanted);
  useEffect(() => {
    let mine = true;
    if (!Object.values(wanted.weekly).every((one) => sound(one ?? []))) return undefined;
    const timer = setTimeout(() => {
      post<Found>("/api/hours/preview", wanted).then(
        (answer) => mine && (found.value = answer),
        () => mine && (found.value = null),
      );
    }, SETTLES_MS);
    return () => ((mine = false), clearTimeout(timer));
  }, [asked]);
  const now = found.value;
  return (
    <div class="preview" role="status" aria-live="polite">
      {now === null ? (
        <span class="small muted">{t("hours.preview_none")}</span>
      ) : (
        <>
          <div class="row wrap">
            <OpenTag open={now.open} />
            <span>{nextWords(now.open, now.changes_at, wanted.zone)}</span>
          </div>
          <span class="small soft">{t("hours.there", { when: momentThere(`${now.here}:00Z`, "UTC") })}</span>
          {now.special.length > 0 && (
            <ul class="small specials" aria-label={t("hours.specials")}>
              {now.special.map((day) => (
                <li key={day.date}>
                  <span class="strong">{dateWords(day.date)}</span> {day.name}
                  {": "}
                  {timesWords(day.open) || t("hours.closed_day")}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
}

export const OpenTag = ({ open }: { open: boolean }) => (
  <Tag tone={open ? "ready" : "out"} icon={open ? "check" : "moon"}>
    {t(open ? "hours.open_now" : "hours.closed_now")}
  </Tag>
);

export function nextWords(open: boolean, at: string | null, zone: string): string {
  if (at === null) return t(open ? "hours.never_closes" : "hours.never_opens");
  return t(open ? "hours.closes" : "hours.opens", { when: momentThere(at, zone) });
}
