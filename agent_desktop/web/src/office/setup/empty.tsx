// What becomes of a queue's callers when nobody is there for them: those who come, and those who wait.

import { t } from "../../i18n";
import { Problem } from "../../ui/field";
import { Card } from "../../ui/page";
import { DestinationField } from "./destination";
import { Figure } from "./overflow";
import type { KnownToQueue } from "./shapes";
import { type Destination, type EmptyRules, type Factor, FACTORS } from "./waysout";

interface Props {
  rules: EmptyRules;
  known: KnownToQueue;
  problem: string | undefined;
  set: (rules: EmptyRules) => void;
}

export function WhenEmpty({ rules, known, problem, set }: Props) {
  const change = (more: Partial<EmptyRules>): void => set({ ...rules, ...more });
  return (
    <Card title={t("empty.title")} icon="users" lead={t("empty.lead")}>
      <Factors
        label={t("empty.join")}
        hint={t("empty.join_hint")}
        value={rules.join}
        set={(join) => change({ join })}
      />
      {rules.join.length > 0 && (
        <To value={rules.join_to} known={known} set={(join_to) => change({ join_to })} />
      )}
      <Factors
        label={t("empty.leave")}
        hint={t("empty.leave_hint")}
        value={rules.leave}
        set={(leave) => change({ leave })}
      />
      {rules.leave.length > 0 && (
        <>
          <Figure
            label={t("empty.grace")}
            value={rules.grace_seconds}
            set={(grace_seconds) => change({ grace_seconds })}
          />
          <To value={rules.leave_to} known={known} set={(leave_to) => change({ leave_to })} />
        </>
      )}
      <Problem words={problem} />
    </Card>
  );
}

interface ToProps {
  value: Destination;
  known: KnownToQueue;
  set: (to: Destination) => void;
}

function To({ value, known, set }: ToProps) {
  return (
    <div class="pair">
      <DestinationField label={t("empty.to")} value={value} known={known} set={(to) => to && set(to)} />
    </div>
  );
}

interface FactorsProps {
  label: string;
  hint: string;
  value: Factor[];
  set: (value: Factor[]) => void;
}

function Factors({ label, hint, value, set }: FactorsProps) {
  const toggle = (id: Factor, on: boolean): void =>
    set(FACTORS.filter((one) => (one === id ? on : value.includes(one))));
  return (
    <fieldset class="field">
      <legend class="label">{label}</legend>
      <span class="small muted">{hint}</span>
      <div class="checks">
        {FACTORS.map((id) => (
          <label key={id} class="checkline">
            <input
              type="checkbox"
              checked={value.includes(id)}
              onChange={(event) => toggle(id, event.currentTarget.checked)}
            />
            <span>{t(`factor.${id}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
