// One calendar: days on which it is closed, or open at other times than on their weekday.

import { useSignal } from "@preact/signals";
import { t } from "../../i18n";
import { Button } from "../../ui/basics";
import { Field, Problem } from "../../ui/field";
import type { FormState, Problems } from "../../ui/form";
import { TextField } from "../../ui/inputs";
import { Card } from "../../ui/page";
import { useLoad } from "../load";
import { NotYet } from "../onepage";
import { Editing } from "./editing";
import { Segments } from "./segments";
import { type CalendarRow, type Day, dateWords, sound } from "./times";

interface Values {
  name: string;
  days: Day[];
}

/** The days of every year after the others, each as the year goes. */
const inOrder = (days: readonly Day[]): Day[] =>
  [...days].sort((one, other) => key(one).localeCompare(key(other)));
const key = ({ date, yearly }: Day): string => (yearly ? `9999${date.slice(4)}` : date);

const valuesOf = ({ name, days }: CalendarRow): Values => ({ name, days: inOrder(days) });

function check({ name, days }: Values): Problems {
  const found: Problems = name.trim() ? {} : { name: t("setup.need_name") };
  if (!days.every((one) => one.name.trim() && sound(one.open))) found.days = t("calendar.mend_days");
  return found;
}

export function CalendarPage({ params }: { params: Record<string, string> }) {
  const loaded = useLoad<{ calendars: CalendarRow[] }>("/api/calendars");
  const back = { to: "/admin/calendars", label: t("calendar.title") };
  const row = loaded.data.value?.calendars.find(({ id }) => id === params.id);
  const missing = loaded.data.value && !row ? t("error.no_such_setup") : undefined;
  if (!row)
    return <NotYet back={back} failure={loaded.failure.value} words={missing} again={loaded.reload} />;
  return (
    <Editing<CalendarRow, Values>
      key={row.id}
      found={row}
      path={`/api/calendars/${row.id}`}
      back={back}
      lead={t("calendar.one_lead")}
      valuesOf={valuesOf}
      check={check}
      drop={{
        words: t("calendar.drop"),
        ask: t("calendar.drop_ask", { name: row.name }),
        what: t("hours.drop_what"),
      }}
    >
      {(form) => <Fields form={form} />}
    </Editing>
  );
}

function Fields({ form }: { form: FormState<Values> }) {
  const { days } = form.values.value;
  const set = (next: Day[]): void => form.set("days", next);
  return (
    <>
      <Card title={t("calendar.what")} icon="sun">
        <TextField form={form} name="name" label={t("setup.name")} attributes={{ maxLength: 200 }} />
      </Card>
      <Card title={t("calendar.list")} icon="list" lead={t("calendar.list_lead")}>
        <AddDay taken={days} add={(day) => set(inOrder([...days, day]))} />
        {days.length === 0 && <p class="muted">{t("calendar.no_days")}</p>}
        <ul class="days" aria-label={t("calendar.list")}>
          {days.map((day, at) => (
            <OneDay
              key={key(day)}
              day={day}
              set={(next) =>
                set(
                  next
                    ? days.map((one, place) => (place === at ? next : one))
                    : days.filter((_, place) => place !== at),
                )
              }
            />
          ))}
        </ul>
        <Problem words={form.problems.value.days} />
      </Card>
    </>
  );
}

function AddDay({ taken, add }: { taken: Day[]; add: (day: Day) => void }) {
  const date = useSignal("");
  const name = useSignal("");
  const yearly = useSignal(false);
  const next = { date: date.value, name: name.value.trim(), yearly: yearly.value, open: [] };
  const twice = taken.some((one) => key(one) === key(next));
  const ready = Boolean(date.value && next.name) && !twice;
  const put = (): void => {
    if (!ready) return;
    add(next);
    date.value = name.value = "";
  };
  return (
    <div
      class="addday"
      role="group"
      aria-label={t("calendar.add")}
      onKeyDown={(event) => event.key === "Enter" && (event.preventDefault(), put())}
    >
      <Field label={t("calendar.date")} problem={twice ? t("calendar.twice") : undefined}>
        {(ids) => (
          <input
            class="input figures"
            type="date"
            min="2000-01-01"
            max="2100-12-31"
            value={date.value}
            onInput={(event) => (date.value = event.currentTarget.value)}
            {...ids}
          />
        )}
      </Field>
      <Field label={t("calendar.day_name")}>
        {(ids) => (
          <input
            class="input"
            maxLength={200}
            autoComplete="off"
            value={name.value}
            onInput={(event) => (name.value = event.currentTarget.value)}
            {...ids}
          />
        )}
      </Field>
      <label class="checkline">
        <input
          type="checkbox"
          checked={yearly.value}
          onChange={(event) => (yearly.value = event.currentTarget.checked)}
        />
        <span>{t("calendar.yearly")}</span>
      </label>
      <Button icon="plus" disabled={!ready} onClick={put}>
        {t("calendar.add")}
      </Button>
    </div>
  );
}

function OneDay({ day, set }: { day: Day; set: (day: Day | null) => void }) {
  const when = dateWords(day.date, day.yearly);
  return (
    <li>
      <div class="stack tight">
        <span class="strong">{when}</span>
        {day.yearly && <span class="small muted">{t("calendar.yearly")}</span>}
      </div>
      <input
        class="input"
        aria-label={t("calendar.name_of", { day: when })}
        aria-invalid={!day.name.trim()}
        maxLength={200}
        value={day.name}
        onInput={(event) => set({ ...day, name: event.currentTarget.value })}
      />
      <Segments
        day={when}
        segments={day.open}
        closed={t("calendar.closed_all_day")}
        set={(open) => set({ ...day, open })}
      />
      <Button
        kind="quiet"
        small
        icon="trash"
        label={t("calendar.remove_of", { day: when })}
        onClick={() => set(null)}
      />
    </li>
  );
}
