// A week of hours: each day with its segments, a day copied to others, and a picture of it.

import { useSignal } from "@preact/signals";
import { t } from "../../i18n";
import { Icon } from "../../ui/icon";
import { Menu, MenuItem } from "../../ui/menu";
import { Segments } from "./segments";
import { bounds, DAY_MINUTES, timesWords, type Weekday, WEEKDAYS, weekdayName, type Weekly } from "./times";

interface Props {
  weekly: Weekly;
  set: (weekly: Weekly) => void;
}

const WORKDAYS: readonly Weekday[] = WEEKDAYS.slice(0, 5);

export function Week({ weekly, set }: Props) {
  return (
    <ul class="week" aria-label={t("hours.week")}>
      {WEEKDAYS.map((day) => (
        <li key={day}>
          <span class="strong dayname">{weekdayName(day)}</span>
          <Segments
            day={weekdayName(day)}
            segments={weekly[day] ?? []}
            closed={t("hours.closed_day")}
            set={(segments) => set({ ...weekly, [day]: segments })}
          />
          <CopyDay day={day} weekly={weekly} set={set} />
        </li>
      ))}
    </ul>
  );
}

function CopyDay({ day, weekly, set }: Props & { day: Weekday }) {
  const open = useSignal(false);
  const to = (days: readonly Weekday[]): void => {
    open.value = false;
    set({ ...weekly, ...Object.fromEntries(days.map((one) => [one, [...(weekly[day] ?? [])]])) });
  };
  const label = t("hours.copy_of", { day: weekdayName(day) });
  return (
    <Menu
      open={open}
      label={label}
      end
      button={(props) => (
        <button type="button" class="btn quiet small square" aria-label={label} title={label} {...props}>
          <Icon name="copy" />
        </button>
      )}
    >
      <MenuItem onPick={() => to(WORKDAYS)}>{t("hours.copy_workdays")}</MenuItem>
      <MenuItem onPick={() => to(WEEKDAYS)}>{t("hours.copy_all")}</MenuItem>
      {WEEKDAYS.filter((one) => one !== day).map((one) => (
        <MenuItem key={one} onPick={() => to([one])}>
          {t("hours.copy_to", { day: weekdayName(one) })}
        </MenuItem>
      ))}
    </Menu>
  );
}

const MARKS = [0, 6, 12, 18, 24];
const percent = (minute: number): string => `${(minute / DAY_MINUTES) * 100}%`;

/** Each day as a band; who hears the page is told the same in words. */
export function WeekPicture({ weekly }: { weekly: Weekly }) {
  return (
    <figure class="weekpicture">
      <div class="marks" aria-hidden>
        {MARKS.map((hour) => (
          <span key={hour} style={{ left: percent(hour * 60) }}>
            {String(hour).padStart(2, "0")}
          </span>
        ))}
      </div>
      <ul aria-label={t("hours.picture")}>
        {WEEKDAYS.map((day) => {
          const segments = (weekly[day] ?? []).filter((one) => bounds(one));
          return (
            <li key={day}>
              <span class="small soft" aria-hidden>
                {weekdayName(day, "short")}
              </span>
              <span class="sr">
                {weekdayName(day)}: {timesWords(segments) || t("hours.closed_day")}
              </span>
              <span class="band" aria-hidden>
                {segments.map((one, at) => {
                  const [start, end] = bounds(one) ?? [0, 0];
                  return (
                    <span
                      key={at}
                      class="open"
                      title={timesWords([one])}
                      style={{ left: percent(start), width: percent(end - start) }}
                    />
                  );
                })}
              </span>
            </li>
          );
        })}
      </ul>
    </figure>
  );
}
