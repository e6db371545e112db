// One outcome in a dialog: its name in each language, its digit, what it means, where it is offered.

import { type Key, LANGUAGES, t } from "../../i18n";
import { toast } from "../../store/toasts";
import { Button } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { type Problems, useForm } from "../../ui/form";
import { ChecksField, ChoiceField, FormProblem, TextField } from "../../ui/inputs";
import { FLAGS, idFor, type Outcome, type QueueSettings, sameKey } from "./shapes";

interface DialogProps {
  outcome: Outcome;
  all: Outcome[];
  queues: QueueSettings[];
  change: (work: (now: Outcome[]) => Outcome[]) => Promise<void>;
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

export function OutcomeDialog({ outcome, all, queues, change, onClose }: DialogProps) {
  const check = (values: Values): Problems => {
    const clash = sameKey(outcomeOf(outcome.id, values), all);
    return {
      ...(values.label.trim() ? {} : { label: t("setup.need_name") }),
      ...(clash ? { key: t("outcomes.key_taken", { name: clash.label }) } : {}),
    };
  };
  const form = useForm<Values>(valuesOf(outcome), check);
  const send = (): Promise<boolean> =>
    form.submit(async (values) => {
      await change((now) => {
        if (outcome.id) return now.map((one) => (one.id === outcome.id ? outcomeOf(one.id, values) : one));
        return [
          ...now,
          outcomeOf(
            idFor(
              values.label,
              now.map(({ id }) => id),
            ),
            values,
          ),
        ];
      });
      toast("good", t("people.saved"));
      onClose();
    });
  return (
    <Dialog title={t(outcome.id ? "outcomes.edit_title" : "outcomes.new")} onClose={onClose}>
      <form
        ref={form.box}
        class="stack wide"
        noValidate
        onSubmit={(event) => (event.preventDefault(), void send())}
      >
        <FormProblem words={form.problem.value} />
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
        <div class="row dialog-foot">
          <Button onClick={onClose}>{t("dialog.cancel")}</Button>
          <Button type="submit" kind="primary" busy={form.busy.value}>
            {t("people.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
