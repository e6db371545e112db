// Who uses this page, and what they may do.

import { signal } from "@preact/signals";
import { ApiError, get, setCsrf } from "../api";
import type { Account, Scope } from "../types";
import { leave } from "./leave";

export const account = signal<Account | null>(null);

export function scopeOf(right: string): Scope | null {
  return account.value?.rights[right] ?? null;
}

export const may = (right: string | null): boolean => right === null || scopeOf(right) !== null;

/** Asks who I am; leaves when I am nobody any more. Somebody else takes the page over as theirs. */
export async function whoAmI(): Promise<void> {
  try {
    const found = await get<Account>("/api/me");
    setCsrf(found.csrf_token);
    if (JSON.stringify(found) !== JSON.stringify(account.value)) account.value = found;
  } catch (failure) {
    if (failure instanceof ApiError && failure.status === 401) leave("session_ended");
    else throw failure;
  }
}
