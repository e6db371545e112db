// Leaving the desk: never in the middle of a call, and with nothing of a customer left behind.

import { signal } from "@preact/signals";
import { post } from "../api";
import { t } from "../i18n";
import { stopPhone } from "../phone/phone";
import { sip } from "../phone/session";
import { dropAllDrafts } from "../store/drafts";
import { flush } from "../store/keep";
import { forget } from "../store/local";
import { closeLine } from "../store/socket";
import { complain, toast } from "../store/toasts";

/** Why the session ended while a call goes on; the banner says it. */
export const endedBecause = signal<string | null>(null);

let leaving = false;

export async function signOut(): Promise<void> {
  if (sip.value) return toast("bad", t("sign_out.in_call"));
  await flush();
  try {
    await post("/api/sign-out");
  } catch (failure) {
    complain(failure);
    return;
  }
  dropAllDrafts();
  forget("recent", "session");
  closeLine();
  stopPhone();
  go("");
}

/** The server ended the session: leave at once when nothing is lost by it. */
export function onSignedOut(reason: string): void {
  endedBecause.value = reason;
  if (!sip.value) go(`?reason=${encodeURIComponent(reason)}`);
}

export function toSignIn(): void {
  go("?reason=session_ended");
}

function go(query: string): void {
  leaving = true;
  location.assign(`/sign-in${query}`);
}

/**
 * No reload or closing by mistake while somebody is on the line. Who does it all the same tells the
 * switch that the phone is lost, not hung up, so that the caller is kept and the agent rung again.
 */
export function guardUnload(): void {
  addEventListener("beforeunload", (event) => {
    if (sip.value && !leaving) event.preventDefault();
  });
  addEventListener("pagehide", (event) => {
    if (!event.persisted) stopPhone("page_left");
  });
}
