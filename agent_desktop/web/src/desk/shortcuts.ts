// The keys that work anywhere on the desk.

import { type Action, actionOf, isActive, isTyping, singleOf, typedJustNow, watchTyping } from "../keys";
import { answer, setMuted, sip } from "../phone/session";
import { declineOffer, endCall, setPresence, toggleHold } from "../store/actions";
import { canAsk } from "../store/live";
import { view } from "../store/view";
import { waiting } from "../store/waiting";
import { shown } from "../store/work";
import { openDial } from "./dialling";
import { composing, dialog, keypadOpen, stateMenu } from "./uistate";

const DO: Record<Action, () => void> = {
  accept: () => view.value.can.answer && void answer(),
  decline: () => view.value.can.decline && void declineOffer(),
  mute: () => view.value.can.mute && setMuted(!sip.value?.muted),
  hold: () => (view.value.can.hold || view.value.can.resume) && void toggleHold(),
  keypad: () => view.value.can.keypad && (keypadOpen.value = !keypadOpen.value),
  end: () => view.value.can.end && void endCall(),
  ready: () => canAsk.value && void setPresence("ready"),
  pause: () => (stateMenu.value = true),
  note: () => shown.value && (composing.value = "note"),
  ticket: () => shown.value?.customer && (composing.value = "ticket"),
  search: () => (dialog.value = "search"),
  dial: () => dialog.value !== "dial" && openDial(),
  waiting: () => waiting.value && (dialog.value = "waiting"),
};

export function startShortcuts(): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const before = typedJustNow();
    watchTyping(event);
    const handled = chord(event) || single(event, before);
    if (handled) event.preventDefault();
  });
}

function chord(event: KeyboardEvent): boolean {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.code === "KeyK") {
    dialog.value = "search";
    return true;
  }
  const action = actionOf(event);
  if (!action) return false;
  DO[action]();
  return true;
}

function single(event: KeyboardEvent, before: boolean): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return false;
  if (before) return false;
  if (document.querySelector("dialog[open]")) return false;
  const meant = singleOf(event);
  if (meant === "find") dialog.value = "search";
  else if (meant === "list") dialog.value = "keys";
  else if (event.key === "Enter" && view.value.can.answer && !isActive(event.target)) void answer();
  else return false;
  return true;
}
