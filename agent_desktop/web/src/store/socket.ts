// The line to the server: snapshot, numbered changes, resume after a gap, and noticing when it is silent.

import { io, type Socket } from "socket.io-client";
import { csrfToken, get } from "../api";
import { mark } from "../marks";
import type { Account } from "../types";
import { heard, localNow } from "./clock";
import { adopt, type Change, cursor, receive, type Snapshot } from "./desk";
import { connection, isSilent, refusedBecause, replica, staleSince } from "./live";

interface FromServer {
  snapshot: (message: Snapshot) => void;
  change: (message: Change) => void;
  signed_out: (message: { reason: string }) => void;
}
interface ToServer {
  rendered: (message: { offer_id: string }, ack: (answer: { ok: boolean }) => void) => void;
}

let socket: Socket<FromServer, ToServer> | null = null;
let lastHeard = 0;
let gaps = 0;
let left: (reason: string) => void = () => undefined;

/** Open the line; `onSignedOut` is called once the session is found to have ended. */
export function openLine(tab: string, onSignedOut: (reason: string) => void): void {
  left = onSignedOut;
  socket = io({
    transports: ["websocket"],
    auth: (give) => give({ csrf_token: csrfToken(), ...cursor(replica.value, gaps > 1), tab }),
    reconnectionDelay: 250,
    reconnectionDelayMax: 2000,
    randomizationFactor: 0.4,
    timeout: 5000,
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
  socket.io.on("ping", noteTraffic);
  socket.onAny(noteTraffic);
  setInterval(checkSilence, 1000);
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", checkSilence);
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
  if (!socket?.connected || !isSilent(lastHeard, localNow())) return;
  goStale();
  lastHeard = localNow();
  socket.disconnect().connect();
}

function hurry(): void {
  if (socket && !socket.connected && connection.value !== "signed_out") socket.connect();
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
