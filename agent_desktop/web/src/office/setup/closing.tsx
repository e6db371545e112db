// When a queue is open, and where those go who come while it is not.

import { t } from "../../i18n";
import { Field, Problem, Select } from "../../ui/field";
import type { Problems } from "../../ui/form";
import { Card } from "../../ui/page";
import { DestinationField } from "./destination";
import { nextWords, OpenTag } from "./preview";
import type { KnownToQueue, Opens } from "./shapes";
import { type HoursRow, weekWords } from "./times";
import { whereTo } from "./waysout";

interface Props {
  values: Opens;
  known: KnownToQueue;
  rows: HoursRow[];
  problems: Problems;
  set: <K extends keyof Opens>(name: K, value: Opens[K]) => void;
}

const ALWAYS = "";

/** In words, for a comparison; null of any other field. */
export function closingWords(
  name: string,
  values: Opens,
  rows: HoursRow[],
  known: KnownToQueue,
): string | null {
  if (name === "closed") return whereTo(values.closed.to, known);
  if (name !== "hours_id") return null;
  return rows.find(({ id }) => id === values.hours_id)?.name ?? t("closing.always");
}

export function Closing({ values, known, rows, problems, set }: Props) {
  const chosen = rows.find(({ id }) => id === values.hours_id);
  const options = [
    { id: ALWAYS, label: t("closing.always") },
    ...rows.map(({ id, name }) => ({ id, label: name })),
  ];
  return (
    <Card title={t("closing.title")} icon="clock" lead={t("closing.lead")}>
      <Field label={t("setup.hours_id")} problem={problems.hours_id}>
        {(ids) => (
          <Select
            {...ids}
            label={t("setup.hours_id")}
            value={values.hours_id ?? ALWAYS}
            options={options}
            onPick={(id) => set("hours_id", id || null)}
          />
        )}
      </Field>
      {rows.length === 0 && (
        <p class="small muted">
          {t("closing.no_hours")} <a href="/admin/hours">{t("hours.title")}</a>
        </p>
      )}
      {chosen && (
        <div class="preview">
          <div class="row wrap">
            <OpenTag open={chosen.open} />
            <span>{nextWords(chosen.open, chosen.changes_at, chosen.zone)}</span>
          </div>
          <span class="small soft">
            {weekWords(chosen.weekly)} · <a href={`/admin/hours/${chosen.id}`}>{chosen.zone}</a>
          </span>
        </div>
      )}
      {chosen && (
        <div class="pair">
          <DestinationField
            label={t("setup.closed")}
            value={values.closed.to}
            known={known}
            set={(to) => to && set("closed", { to })}
          />
        </div>
      )}
      {chosen && <p class="small muted">{t("closing.who_waits")}</p>}
      <Problem words={problems.closed} />
    </Card>
  );
}
