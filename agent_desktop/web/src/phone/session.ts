// The one SIP session this browser may have: answer, mute, keys, end. None of it needs the platform.

import { computed, effect, signal, untracked } from "@preact/signals";
import type { RTCSession } from "jssip/lib/RTCSession";
import type { IncomingRTCSessionEvent } from "jssip/lib/UA";
import { beep } from "../alert/sound";
import { mark } from "../marks";
import type { SipCall } from "../store/callview";
import { localNow } from "../store/clock";
import { call, connection, desk, offer } from "../store/live";
import { forget, load, save } from "../store/local";
import { micWords, openMicrophone, speaker } from "./devices";
import { watchQuality } from "./quality";

/** Host candidates are there at once; a slow STUN server must not delay the answer beyond this. */
const GATHER_MS = 500;
/** An ended talk's BYE comes well within this. */
const ORPHAN_MS = 2000;

export const sip = signal<SipCall | null>(null);
/** Why the microphone cannot be used, in words; null when it can. */
export const micProblem = signal<string | null>(null);

/** Where candidates come from; set with the lease. */
export const ice: { servers: RTCIceServer[] } = { servers: [] };

/** The call whose voice this tab has, kept over a reload: its caller comes back and is answered at once. */
const VOICE = "voice";
const voiceBefore = signal(load<string | null>(VOICE, null, "session"));
forget(VOICE, "session");
let leaving = false;

let session: RTCSession | null = null;
let offerOfSession: string | null = null;
let microphone: MediaStream | null = null;
/** The offer accepted before its INVITE came. */
export const accepted = signal<string | null>(null);

export function ringIn({ session: incoming, request }: IncomingRTCSessionEvent): void {
  if (session) {
    incoming.terminate({ status_code: 486 });
    return;
  }
  session = incoming;
  offerOfSession = offer.value?.id ?? null;
  sip.value = {
    state: "ringing",
    muted: false,
    number: request.from.uri.user || null,
    name: request.from.display_name || null,
    since: localNow(),
    interaction: null,
  };
  follow(incoming);
  if (accepted.value && accepted.value === offerOfSession) void answer();
}

/** Accept: now when the phone rings, else as soon as it does. */
export async function answer(): Promise<void> {
  mark("accept", offer.value?.id ?? null);
  const ringing = session;
  if (!ringing || sip.value?.state !== "ringing") {
    accepted.value = offer.value?.id ?? null;
    return;
  }
  change({ state: "answering" });
  try {
    microphone = await openMicrophone();
    micProblem.value = null;
  } catch (failure) {
    micProblem.value = micWords(failure);
    accepted.value = null;
    if (session === ringing) change({ state: "ringing" });
    return;
  }
  if (session !== ringing) return dropMicrophone();
  guardMicrophone();
  ringing.answer({
    mediaConstraints: { audio: true, video: false },
    mediaStream: microphone,
    pcConfig: { iceServers: ice.servers },
  });
}

export function setMuted(muted: boolean): void {
  if (!session || sip.value?.state !== "up") return;
  if (muted) session.mute({ audio: true });
  else session.unmute({ audio: true });
}

/** Send a key to the far side; false when the voice path is not there yet. */
export function pressKey(key: string): boolean {
  const sender = session?.connection?.getSenders().find((each) => each.track?.kind === "audio");
  if (!session || !sender?.dtmf?.canInsertDTMF || !/^[0-9*#]$/.test(key)) return false;
  beep(key);
  session.sendDTMF(key, { duration: 160, interToneGap: 80, transportType: "RFC2833" as never });
  return true;
}

/** What the switch is told when the page goes away under a talk: the phone is lost, nobody hung up. */
const PAGE_LEFT = { extraHeaders: ['Reason: Q.850;cause=27;text="The page was left"'] };

/** Reject a ringing call, hang up an answered one; nothing when there is none. */
export function endSession(how: "hung_up" | "page_left" = "hung_up"): void {
  leaving = how === "page_left";
  if (!session) return;
  const ringing = sip.value?.state === "ringing";
  try {
    session.terminate(ringing ? { status_code: 486 } : how === "page_left" ? PAGE_LEFT : {});
  } catch {
    clear("ended");
  }
}

/** The way to the switch broke: what only rings cannot be answered any more. A talk has its own way and goes on. */
export function lineBroke(): void {
  const lost = session;
  if (!lost || sip.value?.state === "up") return;
  clear("failed");
  try {
    lost.terminate({ status_code: 480 });
  } catch {
    // It had ended by itself.
  }
}

function follow(to: RTCSession): void {
  const pcs = (pc: RTCPeerConnection): void => {
    pc.addEventListener("track", ({ streams, track }) =>
      speaker.play(streams[0] ?? new MediaStream([track])),
    );
  };
  if (to.connection) pcs(to.connection);
  to.on("peerconnection", ({ peerconnection }) => pcs(peerconnection));
  let gathering: ReturnType<typeof setTimeout> | undefined;
  to.on("icecandidate", ({ ready }) => (gathering ??= setTimeout(ready, GATHER_MS)));
  to.on("accepted", () => onAnswered(to));
  to.on("confirmed", () => mark("confirmed", offerOfSession));
  to.on("muted", () => change({ muted: true }));
  to.on("unmuted", () => change({ muted: false }));
  to.on("ended", () => session === to && clear("ended"));
  to.on("failed", () => session === to && clear("failed"));
}

function onAnswered(to: RTCSession): void {
  mark("answered", offerOfSession);
  change({ state: "up", since: localNow() });
  if (to.connection) watchQuality(to.connection);
}

function change(part: Partial<SipCall>): void {
  if (sip.value) sip.value = { ...sip.value, ...part };
}

function clear(how: "ended" | "failed"): void {
  mark(how, offerOfSession);
  if (!leaving) forget(VOICE, "session");
  session = null;
  offerOfSession = null;
  accepted.value = null;
  sip.value = null;
  watchQuality(null);
  speaker.stop();
  dropMicrophone();
}

/** A headset unplugged in mid-call: go on with whatever microphone is left, or say why nobody hears us. */
function guardMicrophone(): void {
  microphone?.getAudioTracks()[0]?.addEventListener("ended", () => void changeMicrophone(), { once: true });
}

/** Speak through the microphone that is chosen now, in mid-call too; true when somebody hears us. */
export async function changeMicrophone(): Promise<boolean> {
  const sender = session?.connection?.getSenders().find((each) => each.track?.kind === "audio");
  if (!sender) return false;
  try {
    const next = await openMicrophone();
    const track = next.getAudioTracks()[0];
    if (!track || !session) return false;
    track.enabled = !sip.value?.muted;
    await sender.replaceTrack(track);
    dropMicrophone();
    microphone = next;
    micProblem.value = null;
    guardMicrophone();
    return true;
  } catch (failure) {
    micProblem.value = micWords(failure);
    return false;
  }
}

function dropMicrophone(): void {
  for (const track of microphone?.getTracks() ?? []) track.stop();
  microphone = null;
}

/** What the live desk shows beside the session is what it belongs to. */
effect(() => {
  const known = sip.value;
  if (!known || connection.value !== "live") return;
  const joined = ["offered", "dialling", "joined", "held"].includes(call.value?.stint?.state ?? "");
  const id = joined ? (call.value?.id ?? null) : (offer.value?.interaction_id ?? null);
  if (id && id !== known.interaction) sip.value = { ...known, interaction: id };
});

effect(() => {
  if (sip.value?.state === "up" && sip.value.interaction) save(VOICE, sip.value.interaction, "session");
});

/** The caller of before the reload is offered again: nobody has to be asked twice. */
effect(() => {
  const back = voiceBefore.value;
  const now = offer.value;
  if (!back || !now) return;
  voiceBefore.value = null;
  if (now.interaction_id !== back) return;
  mark("answered_again", now.id);
  untracked(() => void answer());
});

/** Who calls somebody asked for the phone to ring: it answers by itself. */
effect(() => {
  if (sip.value?.state !== "ringing" || call.value?.stint?.state !== "dialling") return;
  mark("answered_own", call.value.id);
  untracked(() => void answer());
});

/** The switch says that this talk is over, and the phone has not heard it: the switch died under it. */
const orphaned = computed(() => {
  const known = sip.value;
  if (known?.state !== "up" || !known.interaction) return false;
  if (connection.value !== "live" || desk.value?.link.switch !== "up") return false;
  const joined = ["offered", "dialling", "joined", "held"].includes(call.value?.stint?.state ?? "");
  return !joined || call.value?.id !== known.interaction;
});
let burial: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  clearTimeout(burial);
  if (orphaned.value) burial = setTimeout(() => endSession(), ORPHAN_MS);
});

/** An acceptance is for one offer only. */
effect(() => {
  if (accepted.value && accepted.value !== offer.value?.id && sip.peek() === null) accepted.value = null;
});
