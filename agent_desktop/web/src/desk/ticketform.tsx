// A new ticket: checked here and by the server, with the problem at its field and nothing typed lost.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../i18n";
import { act, addTicket, atFields, pending } from "../store/actions";
import { draft } from "../store/drafts";
import { isTooLong } from "../store/limits";
import { refetch } from "../store/history";
import { canAsk, settings } from "../store/live";
import { toast } from "../store/toasts";
import type { Choice } from "../types";
import { Button, Keys } from "../ui/basics";
import { Field, Select, toProblem, useFocus } from "../ui/field";
import { LongText } from "../ui/longtext";
import { KeptWords } from "./kept";
import { composing } from "./uistate";
import { optionsOf } from "./words";

export interface TicketDraft {
  subject: string;
  category: string;
  product: string;
  priority: string;
  description: string;
}

const EMPTY: TicketDraft = { subject: "", category: "", product: "", priority: "normal", description: "" };
export const SUBJECT_LIMIT = 200;

type Problems = Partial<Record<keyof TicketDraft, string>>;

/** What is missing, by field; empty when the ticket can be sent. */
export function checkTicket(form: TicketDraft): Problems {
  const problems: Problems = {};
  const length = form.subject.trim().length;
  if (length === 0) problems.subject = t("ticket.need_subject");
  if (length > SUBJECT_LIMIT) problems.subject = t("ticket.long_subject", { count: SUBJECT_LIMIT });
  if (isTooLong(form.description)) problems.description = t("text.over_field");
  if (!form.category) problems.category = t("ticket.need_category");
  return problems;
}

export function readDraft(text: string): TicketDraft {
  try {
    return { ...EMPTY, ...(JSON.parse(text) as Partial<TicketDraft>) };
  } catch {
    return EMPTY;
  }
}

export function TicketForm({ customerId, callId }: { customerId: string; callId: string | null }) {
  const kept = draft(`t.${callId ?? `c.${customerId}`}`);
  const form = readDraft(kept.value);
  const problems = useSignal<Problems>({});
  const box = useRef<HTMLFormElement>(null);
  const set = (part: Partial<TicketDraft>): void => {
    kept.value = JSON.stringify({ ...form, ...part });
    const rest = { ...problems.value };
    for (const name of Object.keys(part) as (keyof TicketDraft)[]) delete rest[name];
    problems.value = rest;
  };
  const send = async (): Promise<void> => {
    problems.value = checkTicket(form);
    if (Object.keys(problems.value).length > 0) return toProblem(box.current);
    if (!canAsk.value) return;
    const done = await act("ticket", async () => {
      const sent = addTicket(customerId, { ...form, product: form.product || null }, callId);
      const made = await atFields(Object.keys(EMPTY), (fields) => (problems.value = fields), sent);
      toast("good", t("ticket.made", { number: made.number }));
    });
    if (!done) return toProblem(box.current);
    kept.value = "";
    composing.value = null;
    void refetch(customerId);
  };
  return (
    <form
      ref={box}
      class="ticket"
      noValidate
      onSubmit={(event) => (event.preventDefault(), void send())}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        void send();
      }}
    >
      <Fields form={form} problems={problems.value} set={set} />
      <div class="row">
        <KeptWords name={`t.${callId ?? `c.${customerId}`}`} usual={t("composer.kept")} />
        <Keys of="Ctrl+Enter" />
        <Button kind="quiet" small onClick={() => (composing.value = null)}>
          {t("dialog.cancel")}
        </Button>
        <Button
          type="submit"
          kind="primary"
          small
          busy={pending.value.has("ticket")}
          disabled={!canAsk.value}
        >
          {t("ticket.make")}
        </Button>
      </div>
    </form>
  );
}

interface FieldsProps {
  form: TicketDraft;
  problems: Problems;
  set: (part: Partial<TicketDraft>) => void;
}

function Fields({ form, problems, set }: FieldsProps) {
  const lists = settings.value;
  const subject = useFocus<HTMLInputElement>();
  return (
    <>
      <Field label={t("ticket.subject")} problem={problems.subject}>
        {(ids) => (
          <input
            class="input"
            ref={subject}
            value={form.subject}
            onInput={(event) => set({ subject: event.currentTarget.value })}
            {...ids}
          />
        )}
      </Field>
      <div class="thirds">
        <Pick name="category" choices={lists?.ticket_categories ?? []} {...{ form, problems, set }} />
        <Pick name="product" choices={lists?.products ?? []} {...{ form, problems, set }} />
        <Pick name="priority" choices={lists?.priorities ?? []} {...{ form, problems, set }} />
      </div>
      <Field label={t("ticket.description")} problem={problems.description}>
        {(ids) => (
          <LongText
            class="input"
            rows={3}
            value={form.description}
            onText={(description) => set({ description })}
            {...ids}
          />
        )}
      </Field>
    </>
  );
}

interface PickProps extends FieldsProps {
  name: "category" | "product" | "priority";
  choices: Choice[];
}

function Pick({ name, choices, form, problems, set }: PickProps) {
  return (
    <Field label={t(`ticket.${name}`)} problem={problems[name]}>
      {(ids) => (
        <Select
          {...ids}
          label={t(`ticket.${name}`)}
          value={form[name]}
          options={optionsOf(choices, name)}
          onPick={(chosen) => set({ [name]: chosen })}
        />
      )}
    </Field>
  );
}
