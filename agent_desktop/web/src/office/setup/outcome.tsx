// One outcome in a dialog: its name in each language, its digit, what it means, where it is offered.

import { useSignal } from "@preact/signals";
import { type Key, LANGUAGES, t, tryT } from "../../i18n";
import { toast } from "../../store/toasts";
import { Button } from "../../ui/basics";
import { type Problems, useForm } from "../../ui/form";
import { DialogForm } from "../../ui/formbox";
import { ChecksField, ChoiceField, FormProblem, TextField } from "../../ui/inputs";
import { Differences, differing, merged } from "../conflict";
import { FLAGS, idFor, type Outcome, type QueueSettings, sameKey, sameOutcome, type Work } from "./shapes";

interface DialogProps {
  outcome: Outcome;
  all: Outcome[];
  queues: QueueSettings[];
  /** False when `work` gave null. */
  change: (work: Work) => Promise<boolean>;
  onClose: () => void;
}

interface Values {
  label: string;
  key: string;
  flags: string[];
  queues: string[];
  en: string;
  es: string;
  zh: string;
  ru: string;
}

function valuesOf({ label, key, flags, queues, labels }: Outcome): Values {
  const { en = "", es = "", zh = "", ru = "" } = labels;
  return { label, key, flags, queues, en, es, zh, ru };
}

function outcomeOf(id: string, values: Values): Outcome {
  const { label, key, flags, queues } = values;
  const named = LANGUAGES.map(({ id: tag }) => [tag, values[tag as "en"].trim()] as const);
  return {
    id,
    label: label.trim(),
    key,
    flags,
    queues,
    labels: Object.fromEntries(named.filter(([, name]) => name)),
  };
}

const newId = ({ label }: Values, now: Outcome[], used: string[]): string =>
  idFor(label, [...used, ...now.map(({ id }) => id)]);

/** In its place, or at the end. */
const placed = (now: Outcome[], made: Outcome): Outcome[] =>
  now.some(({ id }) => id === made.id) ? now.map((one) => (one.id === made.id ? made : one)) : [...now, made];

function labelOf(name: keyof Values): string {
  const language = LANGUAGES.find(({ id }) => id === name);
  return language ? language.name : t(`outcomes.${name}` as Key);
}

function wordsOf(name: keyof Values, values: Values, queues: QueueSettings[]): string {
  if (name === "flags") return values.flags.map((id) => tryT(`flag.${id}`, id)).join(", ");
  if (name === "queues")
    return values.queues.map((id) => queues.find((one) => one.id === id)?.name ?? id).join(", ");
  return values[name];
}

export function OutcomeDialog({ outcome, all, queues, change, onClose }: DialogProps) {
  const check = (values: Values): Problems => {
    const clash = sameKey(outcomeOf(outcome.id, values), all);
    return {
      ...(values.label.trim() ? {} : { label: t("setup.need_name") }),
      ...(clash ? { key: t("outcomes.key_taken", { name: clash.label }) } : {}),
    };
  };
  const form = useForm<Values>(valuesOf(outcome), check);
  const base = useSignal(outcome);
  const theirs = useSignal<(keyof Values)[]>([]);
  const gone = useSignal(false);
  const conflict = theirs.value.length > 0;
  const send = (): Promise<boolean> =>
    form.submit(async (values) => {
      let there: Outcome | undefined;
      const done = await change((now, used) => {
        there = now.find(({ id }) => id === outcome.id);
        const known = there ? sameOutcome(there, base.value) : gone.value || !outcome.id;
        return known ? placed(now, outcomeOf(there ? outcome.id : newId(values, now, used), values)) : null;
      });
      if (!done) return follow(there);
      toast("good", t("people.saved"));
      onClose();
    });
  const follow = (there: Outcome | undefined): void => {
    gone.value = !there;
    if (!there) return;
    const [before, now] = [valuesOf(base.value), valuesOf(there)];
    base.value = there;
    theirs.value = differing(now, before);
    form.values.value = merged(form.values.value, before, now);
  };
  const takeTheirs = (): void => {
    theirs.value = [];
    form.values.value = valuesOf(base.value);
  };
  return (
    <DialogForm
      title={t(outcome.id ? "outcomes.edit_title" : "outcomes.new")}
      form={form}
      send={send}
      go={t(gone.value ? "outcomes.put_back" : conflict ? "conflict.keep_mine" : "people.save")}
      actions={conflict && <Button onClick={takeTheirs}>{t("conflict.take_theirs")}</Button>}
      onClose={onClose}
    >
      {conflict && (
        <Differences
          fields={theirs.value}
          theirs={valuesOf(base.value)}
          mine={form.values.value}
          labelOf={labelOf}
          wordsOf={(name, values) => wordsOf(name, values, queues)}
        />
      )}
      {gone.value && <FormProblem words={t("outcomes.gone")} />}
      <div class="pair">
        <TextField
          form={form}
          name="label"
          label={t("outcomes.label")}
          focus
          attributes={{ maxLength: 200 }}
        />
        <ChoiceField
          form={form}
          name="key"
          label={t("outcomes.key")}
          hint={t("outcomes.key_hint")}
          options={["", ..."123456789"].map((id) => ({ id, label: id || t("outcomes.no_key") }))}
        />
      </div>
      <ChecksField
        form={form}
        name="flags"
        label={t("outcomes.flags")}
        options={FLAGS.map((id) => ({
          id,
          label: t(`flag.${id}` as Key),
          about: t(`flag_about.${id}` as Key),
        }))}
      />
      {queues.length > 1 && (
        <ChecksField
          form={form}
          name="queues"
          label={t("outcomes.queues")}
          options={queues.map(({ id, name }) => ({ id, label: name }))}
        />
      )}
      <details>
        <summary class="small soft">{t("outcomes.languages")}</summary>
        <div class="pair">
          {LANGUAGES.map(({ id, name }) => (
            <TextField
              key={id}
              form={form}
              name={id as "en"}
              label={name}
              attributes={{ maxLength: 200, lang: id }}
            />
          ))}
        </div>
      </details>
    </DialogForm>
  );
}
