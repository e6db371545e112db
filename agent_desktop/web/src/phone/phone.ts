// The browser as a phone: registers with the switch itself, so that it outlives the platform.

import { computed, effect, signal } from "@preact/signals";
import * as JsSIP from "jssip";
import type { IncomingRTCSessionEvent, RTCSessionEvent } from "jssip/lib/UA";
import { ApiError, get } from "../api";
import { mark } from "../marks";
import { canAsk, connection, desk, me, offer, phoneMoved } from "../store/live";
import { tellPhoneHere } from "../store/socket";
import type { Me, PhoneLease } from "../types";
import { Backoff } from "./backoff";
import { endSession, ice, lineBroke, ringIn, sip } from "./session";

/** `elsewhere`: another tab of this agent has the phone. `none`: no phone of the pool is free. `off`: given back.
 * `beside`: it is no browser phone and rings beside this computer. `moved`: another browser of ours took it. */
export type PhoneState =
  | "starting"
  | "elsewhere"
  | "moved"
  | "connecting"
  | "registered"
  | "refused"
  | "none"
  | "off"
  | "beside"
  | "unsupported";

export const phoneState = signal<PhoneState>("starting");
export const phoneHere = computed(
  () => !["elsewhere", "moved", "beside", "unsupported"].includes(phoneState.value),
);

let ua: JsSIP.UA | null = null;
let lease: PhoneLease | null = null;
/** Whether the desk has shown this lease as ours. */
let agreed = false;
const again = new Backoff(() => void lead());
/** A switch that is still starting takes the connection and loses the REGISTER, which JsSIP would await for 32 s. */
const ANSWER_MS = 5000;
let unanswered: ReturnType<typeof setTimeout> | undefined;

/** Take the phone in this tab, or wait until the tab that has it closes. */
export function startPhone(staffId: string): void {
  if (!navigator.locks || !navigator.mediaDevices || typeof RTCPeerConnection === "undefined") {
    phoneState.value = "unsupported";
    return;
  }
  renewLost();
  followMoves();
  const settle = setTimeout(() => {
    if (phoneState.value === "starting") phoneState.value = "elsewhere";
  }, 400);
  void navigator.locks.request(`trunkline-phone-${staffId}`, async () => {
    clearTimeout(settle);
    phoneState.value = "connecting";
    void lead();
    await new Promise(() => undefined);
  });
}

const RENEW_MS = [1500, 10_000] as const;

/**
 * The switch may have forgotten a registration that the browser believes in: another browser of the same person
 * took the phone and gave it back. Register again until the switch has it.
 */
function renewLost(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const forgotten = computed(
    () =>
      phoneState.value === "registered" &&
      me.value?.device === "lost" &&
      desk.value?.link.switch === "up" &&
      canAsk.value,
  );
  const renew = (): void => {
    ua?.register();
    timer = setTimeout(renew, RENEW_MS[1]);
  };
  effect(() => {
    clearTimeout(timer);
    if (forgotten.value) timer = setTimeout(renew, RENEW_MS[0]);
  });
}

/** When the browser that has the phone goes, whoever is left takes it back after this. */
const ORPHANED_MS = 4000;

/** One browser has the phone: who learns that another took it stops registering, or both would take turns. */
function followMoves(): void {
  effect(() => {
    if (phoneMoved.value > 0) giveWay();
  });
  effect(() => {
    if (phoneState.value === "moved" && !sip.value) ua?.stop();
  });
  let kept = false;
  effect(() => {
    const here = phoneState.value === "registered";
    if (here && connection.value === "live") tellPhoneHere(kept);
    kept = here;
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const orphaned = computed(
    () => phoneState.value === "moved" && me.value?.device === "lost" && canAsk.value && !sip.value,
  );
  effect(() => {
    clearTimeout(timer);
    if (orphaned.value) timer = setTimeout(takeBack, ORPHANED_MS);
  });
}

function giveWay(): void {
  if (!["registered", "connecting"].includes(phoneState.peek())) return;
  again.stop();
  clearTimeout(unanswered);
  phoneState.value = "moved";
  ua?.unregister();
}

/** Have the phone in this browser again. */
export function takeBack(): void {
  if (phoneState.peek() !== "moved") return;
  phoneState.value = "connecting";
  void lead();
}

/**
 * Keep to the lease that the desk shows: whoever goes out gives the phone back, and gets one again with the
 * next presence. Never in the middle of a call.
 */
export function followLease(me: Pick<Me, "endpoint" | "presence">): void {
  if (sip.value || phoneState.peek() === "moved") return;
  if (lease && me.endpoint === lease.endpoint) agreed = true;
  else if (lease && agreed && me.endpoint === null && me.presence === "out") rest();
  else if ((lease && agreed) || (phoneState.value === "off" && me.presence !== "out")) again.soon();
}

function rest(): void {
  again.stop();
  lease = null;
  agreed = false;
  ua?.stop();
  phoneState.value = "off";
}

export function stopPhone(how: "hung_up" | "page_left" = "hung_up"): void {
  again.stop();
  endSession(how);
  ua?.stop();
  ua = null;
}

async function lead(): Promise<void> {
  if (sip.value) return again.later();
  try {
    lease = await get<PhoneLease>("/api/desk/phone");
    agreed = me.peek()?.endpoint === lease.endpoint;
  } catch (failure) {
    phoneState.value = failure instanceof ApiError && failure.status === 409 ? "none" : "connecting";
    if (!(failure instanceof ApiError) || ![401, 403].includes(failure.status)) again.later();
    return;
  }
  if (!lease.ws_url) {
    phoneState.value = "beside";
    return;
  }
  ice.servers = lease.ice_servers;
  connect(lease);
}

function connect(to: PhoneLease): void {
  ua?.removeAllListeners();
  ua?.stop();
  const url = new URL(to.ws_url, location.href);
  if (url.protocol.startsWith("http")) url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  ua = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(url.href)],
    uri: `sip:${to.endpoint}@${to.domain}`,
    authorization_user: to.endpoint,
    password: to.secret,
    register: true,
    register_expires: 120,
    session_timers: false,
    connection_recovery_min_interval: 1,
    connection_recovery_max_interval: 5,
    user_agent: "Trunkline",
  });
  listen(ua);
  phoneState.value = "connecting";
  ua.start();
}

function listen(to: JsSIP.UA): void {
  to.on("connected", () => {
    clearTimeout(unanswered);
    unanswered = setTimeout(() => to === ua && phoneState.value === "connecting" && again.later(), ANSWER_MS);
  });
  to.on("registered", () => {
    clearTimeout(unanswered);
    if (to !== ua || phoneState.value === "moved") return;
    again.reset();
    if (phoneState.value !== "registered") mark("registered");
    phoneState.value = "registered";
  });
  const waiting = (): void => {
    if (to === ua && lease && phoneState.value !== "moved") phoneState.value = "connecting";
  };
  to.on("unregistered", waiting);
  to.on("disconnected", () => {
    waiting();
    if (to === ua) lineBroke();
  });
  to.on("registrationFailed", ({ response }) => {
    const code = response?.status_code ?? 0;
    if (to !== ua || phoneState.value === "moved") return;
    phoneState.value = code === 401 || code === 403 || code === 404 ? "refused" : "connecting";
    again.later();
  });
  to.on("newRTCSession", (event: RTCSessionEvent) => {
    if ((event.originator as string) !== "remote") return;
    mark("sip_invite", offer.value?.id ?? null);
    ringIn(event as IncomingRTCSessionEvent);
  });
}
