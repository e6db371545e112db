// Makes an offer impossible to miss: sound, title, favicon, and a notification when the page is hidden.

import { effect } from "@preact/signals";
import { t } from "../i18n";
import { mark } from "../marks";
import { view, visibleState } from "../store/view";
import { call, connection, offer, pop } from "../store/live";
import { sip } from "../phone/session";
import { startRinging, stopRinging } from "./sound";
import { callerName } from "../store/caller";

type Face = "idle" | "ready" | "ringing" | "busy" | "paused" | "alarm";

let blink: ReturnType<typeof setInterval> | undefined;
let note: Notification | null = null;

/** Follow the state from now on. */
export function startAlerts(): void {
  effect(() => {
    const ringing = view.value.phase === "offered" || view.value.phase === "loose_ringing";
    if (ringing) alarmOn();
    else alarmOff();
  });
  document.addEventListener("visibilitychange", () => blink && !note && notify(ringWords()));
  effect(() => showFace(faceNow()));
  effect(() => {
    if (view.value.phase === "idle" || view.value.phase === "wrapping" || !blink) plainTitle();
  });
}

function alarmOn(): void {
  if (blink) return;
  mark("alerting", offer.peek()?.id ?? null);
  startRinging();
  const words = ringWords();
  let on = true;
  document.title = `☎ ${words}`;
  blink = setInterval(() => {
    on = !on;
    document.title = on ? `☎ ${words}` : t("app.name");
  }, 900);
  notify(words);
}

const ringWords = (): string => t("alert.title", { name: callerName(call.peek(), pop.peek(), sip.peek()) });

function notify(words: string): void {
  if (!document.hidden || typeof Notification === "undefined" || Notification.permission !== "granted")
    return;
  try {
    note = new Notification(words, {
      body: call.peek()?.queue?.name ?? "",
      icon: "/static/icon-ringing.svg",
      tag: "trunkline-offer",
      requireInteraction: true,
    });
    note.onclick = () => {
      window.focus();
      note?.close();
    };
  } catch {
    note = null;
  }
}

function alarmOff(): void {
  stopRinging();
  clearInterval(blink);
  blink = undefined;
  note?.close();
  note = null;
  plainTitle();
}

function plainTitle(): void {
  const phase = view.peek().phase;
  const inCall = phase === "talking" || phase === "held" || phase === "loose";
  const who = inCall ? `${callerName(call.peek(), pop.peek(), sip.peek())} · ` : "";
  document.title = `${who}${t("app.name")}`;
}

function faceNow(): Face {
  if (connection.value === "stale" || connection.value === "signed_out") return "alarm";
  const kind = visibleState.value?.kind;
  if (kind === "ringing") return "ringing";
  if (kind === "talking" || kind === "held" || kind === "wrapping") return "busy";
  if (kind === "paused" || kind === "missed") return "paused";
  if (kind === "no_phone") return "alarm";
  return kind === "ready" ? "ready" : "idle";
}

function showFace(face: Face): void {
  let link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) {
    link = document.createElement("link");
    link.rel = "icon";
    document.head.append(link);
  }
  link.type = "image/svg+xml";
  link.href = `/static/icon-${face}.svg`;
}
