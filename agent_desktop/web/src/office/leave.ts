// Out of the office: signed out, or the session ended. What was typed is never lost by it.

import { signal } from "@preact/signals";
import { post, whenSignedOut } from "../api";
import { complain } from "../store/toasts";
import { mayLeave, path } from "./router";

/** The session has ended, and something on this page was typed: it stays, behind a dialog that leads to the sign-in. */
export const ended = signal(false);

/** Where the sign-in of another window ends: that window closes itself. */
export const SIGNED_IN = "/account?signed-in-again";

let typedAt: string | null = null;

/** To the sign-in page, and from there back to this one. */
export function leave(reason: string): void {
  if (mayLeave.value || typedAt === path.value) {
    ended.value = true;
    return;
  }
  const back = encodeURIComponent(location.pathname + location.search);
  location.assign(`/sign-in?reason=${reason}&next=${back}`);
}

export function watchLeaving(): void {
  whenSignedOut(() => leave("session_ended"));
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLInputElement && target.type === "search")) typedAt = path.value;
  });
}

export async function signOut(): Promise<void> {
  try {
    await post("/api/sign-out");
  } catch (failure) {
    return complain(failure);
  }
  mayLeave.value = null;
  location.assign("/sign-in");
}
