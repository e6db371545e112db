// Writing about a customer: a note or a ticket. Words are kept until the server has them.

import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { act, addNote, pending } from "../store/actions";
import { draft } from "../store/drafts";
import { addEntry } from "../store/history";
import { begunBy } from "../store/keep";
import { isTooLong } from "../store/limits";
import { canAsk } from "../store/live";
import { toast } from "../store/toasts";
import type { Shown } from "../store/work";
import { Button, Keys } from "../ui/basics";
import { Icon } from "../ui/icon";
import { LongText } from "../ui/longtext";
import { shortcut } from "../keys";
import { TicketForm } from "./ticketform";
import { KeptWords } from "./kept";
import { composing } from "./uistate";

/** One draft for a call, so that the note begun in it is there at wrap-up; one for each customer beside it. */
export function draftName(shown: Pick<Shown, "callId"> & { customer: { id: string } | null }): string {
  return shown.callId ?? `c.${shown.customer?.id}`;
}

export function Composer({ shown }: { shown: Shown }) {
  const begun = draft(draftName(shown)).value !== "";
  const mode = composing.value ?? (begun ? "note" : null);
  return (
    <section class="composer" aria-label={t("composer.title")} data-mode={mode ?? "closed"}>
      <div class="tabs" role="tablist" aria-label={t("composer.title")}>
        <button
          type="button"
          role="tab"
          class="tab"
          aria-selected={mode !== "ticket"}
          title={shortcut("note")}
          onClick={() => (composing.value = "note")}
        >
          <Icon name="note" />
          {t("composer.note")}
        </button>
        <button
          type="button"
          role="tab"
          class="tab"
          aria-selected={mode === "ticket"}
          title={shown.customer ? shortcut("ticket") : t("composer.ticket_needs")}
          disabled={!shown.customer}
          onClick={() => (composing.value = "ticket")}
        >
          <Icon name="ticket" />
          {t("composer.ticket")}
        </button>
      </div>
      {mode === "ticket" && shown.customer ? (
        <TicketForm customerId={shown.customer.id} callId={shown.callId} />
      ) : (
        <NoteForm key={draftName(shown)} shown={shown} />
      )}
    </section>
  );
}

async function saveNote(shown: Shown): Promise<void> {
  const text = draft(draftName(shown));
  const customer = shown.customer;
  const words = text.value.trim();
  if (!customer || !words || isTooLong(words) || !canAsk.value) return;
  const done = await act("note", async () =>
    addEntry(customer.id, await addNote(customer.id, words, shown.callId)),
  );
  if (!done) return;
  text.value = "";
  composing.value = null;
  toast("good", t("composer.done"));
}

function NoteForm({ shown }: { shown: Shown }) {
  const text = draft(draftName(shown));
  const area = useRef<HTMLTextAreaElement>(null);
  const open = composing.value === "note" || text.value !== "";
  useLayoutEffect(() => {
    if (composing.value === "note") area.current?.focus();
  }, [composing.value]);
  return (
    <form
      class={open ? "note open" : "note"}
      onSubmit={(event) => (event.preventDefault(), void saveNote(shown))}
    >
      <LongText
        area={area}
        class="input"
        rows={open ? 3 : 1}
        aria-label={t("composer.note")}
        placeholder={t(shown.callId ? "composer.note_call" : "composer.note_prompt")}
        value={text.value}
        onText={(words) => (text.value = words)}
        onFocus={() => composing.value === null && (composing.value = "note")}
        onBlur={() => composing.value === "note" && text.value === "" && (composing.value = null)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void saveNote(shown);
          if (event.key === "Escape") area.current?.blur();
        }}
      />
      {open && (
        <NoteFoot
          shown={shown}
          known={shown.customer !== null}
          ready={text.value.trim() !== "" && !isTooLong(text.value)}
        />
      )}
    </form>
  );
}

function NoteFoot({ shown, known, ready }: { shown: Shown; known: boolean; ready: boolean }) {
  const callId = shown.callId;
  const other = callId !== null && begunBy.value?.ref === callId ? begunBy.value.name : null;
  return (
    <div class="row">
      <KeptWords
        name={draftName(shown)}
        usual={
          other
            ? t("composer.begun_by", { name: other })
            : t(known ? "composer.kept" : "composer.kept_for_wrap_up")
        }
      />
      {known && (
        <>
          <Keys of="Ctrl+Enter" />
          <Button
            type="submit"
            kind="primary"
            small
            busy={pending.value.has("note")}
            disabled={!canAsk.value || !ready}
          >
            {t("composer.save_note")}
          </Button>
        </>
      )}
    </div>
  );
}
