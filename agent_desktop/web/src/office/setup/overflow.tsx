// The overflow of a queue: an ordered list that reads as sentences, each of which can be changed.

import { t } from "../../i18n";
import { Button } from "../../ui/basics";
import { Field, Problem, Select } from "../../ui/field";
import { Card } from "../../ui/page";
import { MoveButtons } from "../../ui/order";
import { DestinationField } from "./destination";
import type { KnownToQueue } from "./shapes";
import { type Tier, tierSentence, type When, WHENS } from "./waysout";

interface Props {
  tiers: Tier[];
  known: KnownToQueue;
  problem: string | undefined;
  set: (tiers: Tier[]) => void;
}

const MOST = 10;
const NEW: Tier = { when: "waited", seconds: 60, percent: 80, groups: [], to: { kind: "queue" } };

export function Overflow({ tiers, known, problem, set }: Props) {
  const change = (at: number, more: Partial<Tier>): void =>
    set(tiers.map((one, place) => (place === at ? { ...one, ...more } : one)));
  const move = (at: number, step: -1 | 1): void => {
    const rest = tiers.filter((_, place) => place !== at);
    set([...rest.slice(0, at + step), tiers[at] as Tier, ...rest.slice(at + step)]);
  };
  return (
    <Card title={t("tier.title")} icon="outgoing" lead={t("tier.lead")}>
      {tiers.length > 0 && (
        <ol class="steps tiers">
          {tiers.map((tier, at) => (
            <li key={at} class="stack">
              <div class="row">
                <p class="strong grow">
                  {at + 1}. {tierSentence(tier, known)}
                </p>
                <MoveButtons
                  name={t("tier.number", { number: at + 1 })}
                  first={at === 0}
                  last={at === tiers.length - 1}
                  onMove={(step) => move(at, step)}
                />
                <Button
                  kind="quiet"
                  small
                  icon="close"
                  label={t("tier.remove", { number: at + 1 })}
                  onClick={() => set(tiers.filter((_, place) => place !== at))}
                />
              </div>
              <OneTier tier={tier} known={known} change={(more) => change(at, more)} />
            </li>
          ))}
        </ol>
      )}
      {tiers.length === 0 && <p class="muted">{t("tier.none")}</p>}
      <div>
        <Button small icon="plus" onClick={() => set([...tiers, NEW])} disabled={tiers.length >= MOST}>
          {t("tier.add")}
        </Button>
      </div>
      <Problem words={problem} />
    </Card>
  );
}

interface OneProps {
  tier: Tier;
  known: KnownToQueue;
  change: (more: Partial<Tier>) => void;
}

function OneTier({ tier, known, change }: OneProps) {
  const toggle = (id: string, on: boolean): void =>
    change({ groups: on ? [...tier.groups, id] : tier.groups.filter((each) => each !== id) });
  return (
    <div class="pair">
      <Field label={t("tier.when")}>
        {(ids) => (
          <Select
            label={t("tier.when")}
            value={tier.when}
            options={WHENS.map((id) => ({ id, label: t(`tier_when.${id}`) }))}
            onPick={(id) => change({ when: id as When })}
            {...ids}
          />
        )}
      </Field>
      <Figure label={t("tier.seconds")} value={tier.seconds} set={(seconds) => change({ seconds })} />
      {tier.when === "service_level" && (
        <Figure label={t("tier.percent")} value={tier.percent} set={(percent) => change({ percent })} />
      )}
      <DestinationField
        label={t("tier.then")}
        value={tier.to ?? null}
        known={known}
        groups
        set={(to) => change({ to })}
      />
      {!tier.to && (
        <fieldset class="field">
          <legend class="label">{t("tier.groups")}</legend>
          <div class="checks">
            {known.groups.map(({ id, name }) => (
              <label key={id} class="checkline">
                <input
                  type="checkbox"
                  checked={tier.groups.includes(id)}
                  onChange={(event) => toggle(id, event.currentTarget.checked)}
                />
                <span>{name}</span>
              </label>
            ))}
          </div>
          {known.groups.length === 0 && <span class="small muted">{t("tier.no_groups")}</span>}
        </fieldset>
      )}
    </div>
  );
}

export function Figure({
  label,
  value,
  set,
}: {
  label: string;
  value: number;
  set: (value: number) => void;
}) {
  return (
    <Field label={label}>
      {(ids) => (
        <input
          class="input figures"
          inputMode="numeric"
          maxLength={5}
          value={value || ""}
          onInput={(event) => set(Number(event.currentTarget.value.replace(/\D/g, "")))}
          {...ids}
        />
      )}
    </Field>
  );
}
