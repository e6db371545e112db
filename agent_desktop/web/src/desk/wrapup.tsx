// After the call: a disposition by its number, Enter, done. The note begun in the call is already here.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { mark } from "../marks";
import { extendWrapUp, finishWrapUp, pending } from "../store/actions";
import { draft } from "../store/drafts";
import { load, forget, save } from "../store/local";
import { call, canAsk, settings } from "../store/live";
import type { Call, Disposition } from "../types";
import { Button, Keys, TimeRing } from "../ui/basics";
import { isTyping } from "../keys";

/** The key of each disposition: its own, else its place in the list. */
export function keyOf(disposition: Disposition, index: number): string {
  return String(disposition.key ?? (index < 9 ? index + 1 : ""));
}

export function WrapUp({ callId }: { callId: string }) {
  const picked = useSignal<string | null>(load(`picked.${callId}`, null, "session"));
  const text = draft(callId);
  const panel = useRef<HTMLFormElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  /** Read before the composer leaves the page: whoever was typing goes on typing. */
  const wasTyping = useRef(document.activeElement instanceof HTMLTextAreaElement);
  const list = settings.value?.dispositions ?? [];
  const pick = (id: string): void => {
    picked.value = id;
    save(`picked.${callId}`, id, "session");
  };
  const send = async (): Promise<void> => {
    if (!canAsk.value || !picked.value) return;
    if (!(await finishWrapUp(callId, picked.value, text.value.trim()))) return;
    text.value = "";
    forget(`picked.${callId}`, "session");
  };
  useEffect(() => {
    mark("wrap_up_shown");
    const end = text.peek().length;
    if (!wasTyping.current) panel.current?.focus();
    else {
      area.current?.focus();
      area.current?.setSelectionRange(end, end);
    }
  }, []);
  const keys = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (isTyping(event.target)) return;
    const found = list.find((each, index) => keyOf(each, index) === event.key);
    if (found) pick(found.id);
    else if (event.code === "KeyE" && !event.shiftKey) void extendWrapUp(callId);
    else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) void send();
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  });
  return (
    <form ref={panel} class="wrapup" tabIndex={-1} aria-label={t("wrap_up.title")} onSubmit={(event) => (event.preventDefault(), void send())}>
      <Head about={call.value} />
      <Choices list={list} picked={picked.value} onPick={pick} />
      <div class="row end">
        <textarea
          ref={area}
          class="input grow"
          rows={2}
          aria-label={t("wrap_up.note")}
          placeholder={t("wrap_up.note")}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
            if (event.key === "Escape") panel.current?.focus();
          }}
        />
        <div class="stack tight">
          <Button type="submit" kind="primary" busy={pending.value.has("wrap-up")} disabled={!canAsk.value || !picked.value}>
            {t("wrap_up.finish")} <kbd>⏎</kbd>
          </Button>
        </div>
      </div>
    </form>
  );
}

function Head({ about }: { about: Call | null }) {
  const stint = about?.stint;
  const busy = pending.value.has("extend");
  return (
    <div class="row">
      {stint?.wrapping_since && stint.wrap_deadline && <TimeRing from={stint.wrapping_since} to={stint.wrap_deadline} size={40} />}
      <div class="stack tight grow">
        <h2>{t("wrap_up.title")}</h2>
        <p class="small soft truncate">{t("wrap_up.help")}</p>
      </div>
      {about && (
        <Button small icon="plus" busy={busy} disabled={!canAsk.value} onClick={() => void extendWrapUp(about.id)}>
          {t("wrap_up.extend")} <Keys of="E" />
        </Button>
      )}
    </div>
  );
}

function Choices({ list, picked, onPick }: { list: Disposition[]; picked: string | null; onPick: (id: string) => void }) {
  return (
    <div class="dispositions" role="radiogroup" aria-label={t("wrap_up.disposition")}>
      {list.map((each, index) => (
        <button
          key={each.id}
          type="button"
          role="radio"
          class="disposition"
          aria-checked={picked === each.id}
          onClick={() => onPick(each.id)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            onPick(each.id);
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        >
          <kbd>{keyOf(each, index)}</kbd>
          <span class="truncate">{each.label}</span>
        </button>
      ))}
    </div>
  );
}
