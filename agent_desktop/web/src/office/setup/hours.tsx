// One set of hours: its zone, its week, its holidays, and what that comes to now.

import { t } from "../../i18n";
import { Field, Problem, Select } from "../../ui/field";
import type { FormState, Problems } from "../../ui/form";
import { TextField } from "../../ui/inputs";
import { Card } from "../../ui/page";
import { useLoad } from "../load";
import { NotYet } from "../onepage";
import { Editing } from "./editing";
import { Preview } from "./preview";
import { type CalendarRow, type HoursRow, sound, type Weekly, zones } from "./times";
import { Week, WeekPicture } from "./week";

interface Values {
  name: string;
  zone: string;
  weekly: Weekly;
  calendars: string[];
}

const valuesOf = ({ name, zone, weekly, calendars }: HoursRow): Values => ({ name, zone, weekly, calendars });

function check({ name, weekly }: Values): Problems {
  const found: Problems = name.trim() ? {} : { name: t("setup.need_name") };
  if (!Object.values(weekly).every((one) => sound(one ?? []))) found.weekly = t("hours.mend_times");
  return found;
}

export function HoursPage({ params }: { params: Record<string, string> }) {
  const loaded = useLoad<{ hours: HoursRow[] }>("/api/hours");
  const calendars = useLoad<{ calendars: CalendarRow[] }>("/api/calendars");
  const back = { to: "/admin/hours", label: t("hours.title") };
  const row = loaded.data.value?.hours.find(({ id }) => id === params.id);
  const missing = loaded.data.value && !row ? t("error.no_such_setup") : undefined;
  const known = calendars.data.value?.calendars;
  if (!row || !known)
    return <NotYet back={back} failure={loaded.failure.value} words={missing} again={loaded.reload} />;
  return (
    <Editing<HoursRow, Values>
      key={row.id}
      found={row}
      path={`/api/hours/${row.id}`}
      back={back}
      lead={t("hours.one_lead")}
      valuesOf={valuesOf}
      check={check}
      drop={{
        words: t("hours.drop"),
        ask: t("hours.drop_ask", { name: row.name }),
        what: t("hours.drop_what"),
      }}
    >
      {(form) => <Fields form={form} known={known} />}
    </Editing>
  );
}

function Fields({ form, known }: { form: FormState<Values>; known: CalendarRow[] }) {
  const { zone, weekly, calendars } = form.values.value;
  return (
    <>
      <Card title={t("hours.when")} icon="clock" lead={t("hours.when_lead")}>
        <div class="pair">
          <TextField form={form} name="name" label={t("setup.name")} attributes={{ maxLength: 200 }} />
          <Field label={t("hours.zone")} problem={form.problems.value.zone}>
            {(ids) => (
              <Select
                {...ids}
                label={t("hours.zone")}
                value={zone}
                options={zones(zone).map((id) => ({ id, label: id.replaceAll("_", " ") }))}
                onPick={(id) => form.set("zone", id)}
              />
            )}
          </Field>
        </div>
        <Preview wanted={{ zone, weekly, calendars }} />
      </Card>
      <Card title={t("hours.week")} icon="list" lead={t("hours.week_lead")}>
        <Week weekly={weekly} set={(next) => form.set("weekly", next)} />
        <Problem words={form.problems.value.weekly} />
        <WeekPicture weekly={weekly} />
      </Card>
      <Card title={t("hours.holidays")} icon="sun" lead={t("hours.holidays_lead")}>
        <Calendars known={known} chosen={calendars} set={(next) => form.set("calendars", next)} />
        <Problem words={form.problems.value.calendars} />
      </Card>
    </>
  );
}

interface CalendarsProps {
  known: CalendarRow[];
  chosen: string[];
  set: (chosen: string[]) => void;
}

function Calendars({ known, chosen, set }: CalendarsProps) {
  if (known.length === 0)
    return (
      <p class="small muted">
        {t("hours.no_calendars")} <a href="/admin/calendars">{t("calendar.title")}</a>
      </p>
    );
  return (
    <fieldset class="field">
      <legend class="label">{t("calendar.title")}</legend>
      <div class="checks">
        {known.map(({ id, name, days }) => (
          <label key={id} class="checkline">
            <input
              type="checkbox"
              checked={chosen.includes(id)}
              onChange={(event) =>
                set(event.currentTarget.checked ? [...chosen, id] : chosen.filter((one) => one !== id))
              }
            />
            <span class="stack tight">
              <span>{name}</span>
              <span class="small muted">{t("calendar.days", { count: days.length })}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
