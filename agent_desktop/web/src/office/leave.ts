// Out of the office: signed out, or the session ended.

import { post } from "../api";
import { complain } from "../store/toasts";
import { mayLeave } from "./router";

/** To the sign-in page, and from there back to this one. Unsaved words keep the page where it is. */
export function leave(reason: string): void {
  if (mayLeave.value) return;
  const back = encodeURIComponent(location.pathname + location.search);
  location.assign(`/sign-in?reason=${reason}&next=${back}`);
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
