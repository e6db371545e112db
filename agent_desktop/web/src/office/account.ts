// Who uses this page, and what they may do.

import { signal } from "@preact/signals";
import { ApiError, get, setCsrf } from "../api";
import type { Account, Scope } from "../types";
import { t } from "../i18n";
import { toast } from "../store/toasts";
import { ended } from "./leave";

export const account = signal<Account | null>(null);

/** Why nobody knows yet who I am. */
export const unknownWhy = signal<unknown>(null);

export function scopeOf(right: string): Scope | null {
  return account.value?.rights[right] ?? null;
}

export const may = (right: string | null): boolean => right === null || scopeOf(right) !== null;

/**
 * Asks who I am; a page that nobody is signed in at any more says so. Somebody else takes the page over as theirs, but
 * not what another has typed.
 */
export async function whoAmI(): Promise<void> {
  try {
    const found = await get<Account>("/api/me");
    setCsrf(found.csrf_token);
    if (ended.value && account.value && found.id !== account.value.id) return location.reload();
    if (ended.value) toast("good", t("office.ended_over"));
    ended.value = false;
    if (JSON.stringify(found) !== JSON.stringify(account.value)) account.value = found;
  } catch (failure) {
    if (!(failure instanceof ApiError && failure.status === 401)) throw failure;
  }
}
