// The line to the server: snapshot, numbered changes, resume after a gap, and noticing when it is silent.

import { io, type Socket } from "socket.io-client";
import { csrfToken, get } from "../api";
import { mark } from "../marks";
import type { Account } from "../types";
import { heard, localNow } from "./clock";
import { adopt, type Change, cursor, receive, type Snapshot } from "./desk";
import { connection, isSilent, phoneMoved, refusedBecause, replica, staleSince } from "./live";

interface FromServer {
  snapshot: (message: Snapshot) => void;
  change: (message: Change) => void;
  signed_out: (message: { reason: string }) => void;
  phone_moved: () => void;
}
interface ToServer {
  probe: (message: object, ack: (answer: { epoch: string | null; seq: number | null }) => void) => void;
  phone_here: (message: { kept: boolean }) => void;
  rendered: (message: { offer_id: string }, ack: (answer: { ok: boolean }) => void) => void;
}

let socket: Socket<FromServer, ToServer> | null = null;
const TICK_MS = 1000;
/** A second that takes this long by the wall clock was a sleep, or the page was frozen. */
const SLEPT_MS = 4000;
/** A line that does not answer within this is dead. */
const PROBE_MS = 400;

let lastHeard = 0;
let lastTick = Date.now();
let probing = false;
let gaps = 0;
let left: (reason: string) => void = () => undefined;

/** Open the line; `onSignedOut` is called once the session is found to have ended. */
export function openLine(tab: string, onSignedOut: (reason: string) => void): void {
  left = onSignedOut;
  socket = io({
    transports: ["websocket"],
    auth: (give) => give({ csrf_token: csrfToken(), ...cursor(replica.value, gaps > 1), tab }),
    // No browser says when a proxy or a server is back: tried so often that a screen is right within a second of it.
    reconnectionDelay: 150,
    reconnectionDelayMax: 400,
    randomizationFactor: 0.4,
    timeout: 3000,
  });
  socket.on("connect", onConnect);
  socket.on("disconnect", (reason) => {
    goStale();
    if (reason === "io server disconnect") void checkSession();
  });
  socket.on("connect_error", onRefused);
  socket.on("snapshot", onSnapshot);
  socket.on("change", onChange);
  socket.on("signed_out", ({ reason }) => endSession(reason));
  socket.on("phone_moved", () => (phoneMoved.value += 1));
  socket.io.on("ping", noteTraffic);
  socket.onAny(noteTraffic);
  setInterval(checkSilence, TICK_MS);
  for (const event of ["online", "offline", "pageshow", "focus"]) addEventListener(event, () => void probe());
  for (const event of ["visibilitychange", "resume"]) document.addEventListener(event, () => void probe());
}

/** Tell the server that this tab has the phone; `kept` when it had it before the line broke. */
export function tellPhoneHere(kept: boolean): void {
  socket?.emit("phone_here", { kept });
}

/** Tell the server that the pop of this offer is on the screen. */
export function tellRendered(offerId: string): void {
  socket?.emit("rendered", { offer_id: offerId }, () => undefined);
}

export function closeLine(): void {
  connection.value = "signed_out";
  socket?.disconnect();
}

function noteTraffic(): void {
  lastHeard = localNow();
}

function onConnect(): void {
  refusedBecause.value = null;
  noteTraffic();
  if (replica.value !== null) goLive();
}

function goLive(): void {
  if (connection.value === "signed_out") return;
  connection.value = "live";
  staleSince.value = null;
}

function goStale(): void {
  if (connection.value === "signed_out" || connection.value === "stale") return;
  connection.value = replica.value === null ? "connecting" : "stale";
  staleSince.value = localNow();
}

function onSnapshot(message: Snapshot): void {
  gaps = 0;
  heard(message.now);
  noteOffer(message.desk.offer?.id);
  replica.value = adopt(message);
  goLive();
}

function onChange(message: Change): void {
  heard(message.now);
  const { replica: next, verdict } = receive(replica.value, message);
  if (verdict === "gap") return resume();
  if (verdict === "repeated") return;
  gaps = 0;
  noteOffer(message.set.offer?.id);
  replica.value = next;
}

function noteOffer(id: string | undefined): void {
  if (id && id !== replica.value?.desk.offer?.id) mark("offer_received", id);
}

/** One recovery path: connect again; the server sends what was missed, or a snapshot. */
function resume(): void {
  gaps += 1;
  socket?.disconnect().connect();
}

function checkSilence(): void {
  const slept = Date.now() - lastTick > SLEPT_MS;
  lastTick = Date.now();
  if (slept) return void probe();
  if (socket?.connected && isSilent(lastHeard, localNow())) connectAnew();
}

function connectAnew(): void {
  goStale();
  noteTraffic();
  socket?.disconnect().connect();
}

/** Whether the line is alive and nothing was missed: asked after sleep and whenever the page is looked at again. */
async function probe(): Promise<void> {
  if (probing || connection.value === "signed_out") return;
  if (!socket?.connected) return hurry();
  probing = true;
  try {
    const { epoch, seq } = await socket.timeout(PROBE_MS).emitWithAck("probe", {});
    const known = replica.value;
    if (known && seq !== null && (epoch !== known.epoch || seq > known.seq)) resume();
  } catch {
    if (socket.connected) connectAnew();
  } finally {
    probing = false;
  }
}

/** Connect now, whatever pause the last failures have earned. */
function hurry(): void {
  if (socket && !socket.connected && connection.value !== "signed_out") socket.disconnect().connect();
}

function onRefused(failure: Error): void {
  goStale();
  refusedBecause.value = socket?.active ? null : failure.message;
  if (socket && !socket.active) void checkSession();
}

/** The server closed or refused the line: by our session's end, or for a reason that passes. */
async function checkSession(): Promise<void> {
  try {
    await get<Account>("/api/me");
    setTimeout(hurry, 1000);
  } catch (failure) {
    const status = (failure as { status?: number }).status;
    if (status === 401 || status === 403) endSession("session_ended");
    else setTimeout(hurry, 1500);
  }
}

function endSession(reason: string): void {
  if (connection.value === "signed_out") return;
  closeLine();
  left(reason);
}
