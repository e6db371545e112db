// The steps by which a queue's callers are given to more people the longer they wait.

import { t } from "../../i18n";
import { Button } from "../../ui/basics";
import { Field, Problem } from "../../ui/field";
import { levelWords, nameIn, SkillLevels } from "./skilllevels";
import type { Known, Levels, Step } from "./shapes";

interface Props {
  steps: Step[];
  asked: Levels;
  known: Known;
  problem: string | undefined;
  set: (steps: Step[]) => void;
}

const AFTER = 30;

/** In words, for a comparison. */
export const stepWords = (steps: Step[], { skills, groups }: Known): string =>
  steps
    .map((one) => {
      const wanted = levelWords(skills, one.skills) || t("steps.no_skill");
      const also = one.groups.map((id) => nameIn(groups, id)).join(", ");
      return `${t("steps.after_short", { seconds: one.after_seconds })}: ${[wanted, also].filter(Boolean).join("; ")}`;
    })
    .join(" · ");

export function Steps({ steps, asked, known, problem, set }: Props) {
  const last = steps[steps.length - 1];
  const change = (at: number, more: Partial<Step>): void =>
    set(steps.map((one, place) => (place === at ? { ...one, ...more } : one)));
  const add = (): void => {
    const next = (last?.after_seconds ?? 0) + AFTER;
    set([...steps, { after_seconds: next, skills: { ...(last?.skills ?? asked) }, groups: [] }]);
  };
  return (
    <fieldset class="field">
      <legend class="label">{t("steps.title")}</legend>
      <span class="small muted">{t("steps.hint")}</span>
      {steps.length > 0 && (
        <ol class="steps">
          {steps.map((step, at) => (
            <li key={at} class="stack">
              <OneStep step={step} number={at + 1} known={known} change={(more) => change(at, more)} />
              <div>
                <Button small icon="close" onClick={() => set(steps.filter((_, place) => place !== at))}>
                  {t("steps.remove", { number: at + 1 })}
                </Button>
              </div>
            </li>
          ))}
        </ol>
      )}
      <div>
        <Button small icon="plus" onClick={add} disabled={steps.length >= 10}>
          {t("steps.add")}
        </Button>
      </div>
      <Problem words={problem} />
    </fieldset>
  );
}

interface OneProps {
  step: Step;
  number: number;
  known: Known;
  change: (more: Partial<Step>) => void;
}

function OneStep({ step, number, known, change }: OneProps) {
  const toggle = (id: string, on: boolean): void =>
    change({ groups: on ? [...step.groups, id] : step.groups.filter((each) => each !== id) });
  return (
    <>
      <Field label={t("steps.after", { number })}>
        {(ids) => (
          <input
            class="input figures"
            inputMode="numeric"
            maxLength={4}
            value={step.after_seconds || ""}
            onInput={(event) =>
              change({ after_seconds: Number(event.currentTarget.value.replace(/\D/g, "")) })
            }
            {...ids}
          />
        )}
      </Field>
      <SkillLevels
        label={t("steps.skills", { number })}
        skills={known.skills}
        value={step.skills}
        set={(skills) => change({ skills })}
      />
      {known.groups.length > 0 && (
        <fieldset class="field">
          <legend class="label">{t("steps.groups", { number })}</legend>
          <div class="checks">
            {known.groups.map(({ id, name }) => (
              <label key={id} class="checkline">
                <input
                  type="checkbox"
                  checked={step.groups.includes(id)}
                  onChange={(event) => toggle(id, event.currentTarget.checked)}
                />
                <span>{name}</span>
              </label>
            ))}
          </div>
        </fieldset>
      )}
    </>
  );
}
