// After the call: a disposition by its number, Enter, done. The note begun in the call is already here.

import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { isTyping, singleOf, singles, singlesOn } from "../keys";
import { mark } from "../marks";
import { extendWrapUp, pending } from "../store/actions";
import { draft } from "../store/drafts";
import { call, canAsk, settings } from "../store/live";
import { canFinish, extensionsLeft, keyOf, pick, picked, sendWrapUp } from "../store/wrapup";
import type { Call } from "../types";
import { Button, Keys, TimeRing } from "../ui/basics";
import { LongText } from "../ui/longtext";
import { dispositionWords } from "./words";

export function WrapUp({ callId }: { callId: string }) {
  const panel = useRef<HTMLFormElement>(null);
  /** Read before the composer leaves the page: whoever was typing goes on typing. */
  const wasTyping = useRef(document.activeElement instanceof HTMLTextAreaElement);
  useEffect(() => {
    mark("wrap_up_shown");
    if (!wasTyping.current) panel.current?.focus();
    const listen = (event: KeyboardEvent): void => keyed(event, callId);
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [callId]);
  return (
    <form
      ref={panel}
      class="wrapup"
      tabIndex={-1}
      aria-label={t("wrap_up.title")}
      onSubmit={(event) => (event.preventDefault(), void sendWrapUp(callId))}
    >
      <Head about={call.value} />
      <Choices callId={callId} />
      <div class="row end">
        <Note callId={callId} typing={wasTyping.current} onLeave={() => panel.current?.focus()} />
        <Button
          type="submit"
          kind="primary"
          busy={pending.value.has("wrap-up")}
          disabled={!canAsk.value || !canFinish(callId)}
        >
          {t(picked(callId).value || !canFinish(callId) ? "wrap_up.finish" : "wrap_up.finish_without")}{" "}
          <kbd>⏎</kbd>
        </Button>
      </div>
    </form>
  );
}

/** Digits, the key for more time and Enter, wherever the focus is but in a text. */
function keyed(event: KeyboardEvent, callId: string): void {
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open], .menu")) return;
  const list = settings.value?.dispositions ?? [];
  const chooses = singlesOn.value || inChoices(event.target);
  const found = chooses && list.find((each, index) => keyOf(each, index) === event.key);
  if (found) pick(callId, found.id);
  else if (singleOf(event) === "extend") {
    if (canAsk.value && extensionsLeft(call.value?.stint)) void extendWrapUp(callId);
  } else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) void sendWrapUp(callId);
  else return;
  event.preventDefault();
}

/** Who has the focus among the outcomes may choose by digit, whether single keys are on or not. */
const inChoices = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest(".dispositions") !== null;

function Head({ about }: { about: Call | null }) {
  const stint = about?.stint;
  return (
    <div class="row">
      {stint?.wrapping_since && stint.wrap_deadline && (
        <TimeRing from={stint.wrapping_since} to={stint.wrap_deadline} size={40} />
      )}
      <div class="stack tight grow">
        <h2>{t("wrap_up.title")}</h2>
        <p class="small soft truncate">
          {t(settings.value?.wrap_up.mandatory ? "wrap_up.help_mandatory" : "wrap_up.help")}
        </p>
      </div>
      {about && extensionsLeft(stint) > 0 && (
        <Button
          small
          icon="plus"
          busy={pending.value.has("extend")}
          disabled={!canAsk.value}
          onClick={() => void extendWrapUp(about.id)}
        >
          {t("wrap_up.extend")} {singlesOn.value && <Keys of={singles.value.extend.toUpperCase()} />}
        </Button>
      )}
    </div>
  );
}

function Choices({ callId }: { callId: string }) {
  return (
    <div class="dispositions" role="radiogroup" aria-label={t("wrap_up.disposition")}>
      {settings.value?.dispositions.map((each, index) => (
        <button
          key={each.id}
          type="button"
          role="radio"
          class="disposition"
          aria-checked={picked(callId).value === each.id}
          onClick={() => pick(callId, each.id)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            pick(callId, each.id);
            void sendWrapUp(callId);
          }}
        >
          {singlesOn.value && <kbd>{keyOf(each, index)}</kbd>}
          <span class="words">{dispositionWords(each.label, each.labels)}</span>
        </button>
      ))}
    </div>
  );
}

function Note({ callId, typing, onLeave }: { callId: string; typing: boolean; onLeave: () => void }) {
  const text = draft(callId);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!typing) return;
    const end = text.peek().length;
    area.current?.focus();
    area.current?.setSelectionRange(end, end);
  }, []);
  return (
    <LongText
      area={area}
      class="input grow"
      rows={2}
      aria-label={t("wrap_up.note")}
      placeholder={t("wrap_up.note")}
      value={text.value}
      onText={(words) => (text.value = words)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void sendWrapUp(callId);
        if (event.key === "Escape") onLeave();
      }}
    />
  );
}
