// Drafts are kept by the server too: they outlive this browser, and those of a call go along with it.

import { effect, signal } from "@preact/signals";
import { ApiError, get, request } from "../api";
import type { CustomerCard, Draft } from "../types";
import {
  adoptDraft,
  closeDrafts,
  draft,
  draftedAt,
  dropAllDrafts,
  onDraftChange,
  startDrafts,
} from "./drafts";
import { call, canAsk, connection, me } from "./live";
import { FORM_LIMIT, isTooLong } from "./limits";
import { load, save } from "./local";
import { fateOf, retryIn } from "./retry";
import { currentPop } from "./work";

const WAIT_MS = 700;

export type Place = { scope: "call" | "customer"; ref: string };

/** Where a draft belongs: notes are named by call or c.CUSTOMER, tickets t.…, dispositions p.CALL. */
export function placeOf(name: string): Place {
  const rest = name.replace(/^[tp]\./, "");
  return rest.startsWith("c.") ? { scope: "customer", ref: rest.slice(2) } : { scope: "call", ref: rest };
}

export function namesOf({ scope, ref }: Place): { note: string; ticket: string; disposition: string } {
  const base = scope === "call" ? ref : `c.${ref}`;
  return { note: base, ticket: `t.${base}`, disposition: `p.${base}` };
}

/** Who began the note of the call at hand, when it was not me. */
export const begunBy = signal<{ ref: string; name: string } | null>(null);

/** Why the server does not have a draft: it is too long for it, was refused, or will be tried again. */
export type Trouble = "too_long" | "refused" | "later";

/** Drafts that the server does not have as they stand, by place. */
export const troubles = signal<ReadonlyMap<string, Trouble>>(new Map());

const keyOf = ({ scope, ref }: Place): string => `${scope} ${ref}`;

/** What hinders the draft of that name on its way to the server; null when it is there or about to be. */
export const troubleOf = (name: string): Trouble | null => troubles.value.get(keyOf(placeOf(name))) ?? null;

function note(key: string, trouble: Trouble | null): void {
  if ((troubles.peek().get(key) ?? null) === trouble) return;
  const next = new Map(troubles.peek());
  if (trouble) next.set(key, trouble);
  else next.delete(key);
  troubles.value = next;
}

const dirty = new Map<string, Place>();
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Follow drafts, calls and the line from now on. `staffId`: drafts of somebody else in this browser are dropped. */
export function startKeeping(staffId: string, rescue: (left: Draft, card: CustomerCard) => void): void {
  if (load<string | null>("drafts-of", null) !== staffId) dropAllDrafts();
  save("drafts-of", staffId);
  startDrafts();
  onDraftChange((name) => {
    const place = placeOf(name);
    dirty.set(keyOf(place), place);
    if (tries === 0) later(WAIT_MS);
  });
  followCall();
  let begun = false;
  effect(() => {
    if (!canAsk.value) return;
    tries = 0;
    if (dirty.size > 0) later(0);
    if (!begun) void fetchMine(rescue);
    begun = true;
  });
  addEventListener("pagehide", () => void flush(true));
  document.addEventListener("visibilitychange", () => document.hidden && void flush());
}

function later(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void flush(), ms);
}

/** Send what changed; `leaving` when no answer will be read any more. */
export async function flush(leaving = false): Promise<void> {
  if (connection.value === "signed_out") return;
  for (const [key, place] of [...dirty]) {
    dirty.delete(key);
    const { note: words, ticket } = namesOf(place);
    if (isTooLong(draft(words).peek()) || draft(ticket).peek().length > FORM_LIMIT) {
      note(key, "too_long");
      continue;
    }
    try {
      await put(place, leaving);
      tries = 0;
      note(key, null);
    } catch (failure) {
      failed(key, place, failure);
    }
  }
}

function failed(key: string, place: Place, failure: unknown): void {
  const known = failure instanceof ApiError ? failure : null;
  const fate = fateOf(known?.status ?? 0);
  note(key, fate === "gone" ? null : fate === "again" ? "later" : "refused");
  if (fate !== "again") return;
  dirty.set(key, place);
  later(retryIn(tries, Math.random(), known?.refusal.details.retry_after));
  tries += 1;
}

function put(place: Place, leaving: boolean): Promise<unknown> {
  const names = namesOf(place);
  const popped = currentPop.peek();
  const customer =
    place.scope === "customer" ? place.ref : popped?.interaction_id === place.ref && popped.customer?.id;
  const body = {
    note: draft(names.note).peek(),
    ticket: draft(names.ticket).peek(),
    disposition: place.scope === "call" ? draft(names.disposition).peek() : "",
    ...(customer ? { customer_id: customer } : {}),
  };
  const path = `/api/drafts/${place.scope}/${encodeURIComponent(place.ref)}`;
  return request("PUT", path, body, { keepalive: leaving });
}

/** Whoever gets a call gets what was begun about it, by themselves elsewhere or by whom had it before. */
function followCall(): void {
  let seen: string | null = null;
  effect(() => {
    const now = call.value?.id ?? null;
    const state = call.value?.stint?.state ?? null;
    const key = now && canAsk.value ? `${now} ${state === "offered" ? "offered" : "mine"}` : null;
    if (key === seen) return;
    closeDrafts(now);
    if (key) void fetchOf({ scope: "call", ref: now ?? "" });
    if (key || !now) seen = key;
  });
}

async function fetchOf(place: Place): Promise<void> {
  try {
    const query = new URLSearchParams({ ...place });
    const { draft: found } = await get<{ draft: Draft | null }>(`/api/draft?${query}`);
    if (found) adopt(place, found);
  } catch {
    /* the words are typed again, or come with the next state of the call */
  }
}

function adopt(place: Place, found: Draft): void {
  const names = namesOf(place);
  const at = Date.parse(found.at);
  for (const part of ["note", "ticket", "disposition"] as const) {
    const name = names[part];
    const here = draft(name).peek();
    if (found[part] && found[part] !== here && (here === "" || draftedAt(name) < at))
      adoptDraft(name, found[part], at);
  }
  const other = place.scope === "call" && found.staff_id !== me.peek()?.id && found.note !== "";
  if (other) begunBy.value = { ref: place.ref, name: found.staff_name };
}

/** What was left behind: of customers it is taken over, of calls that are gone it goes to their customers. */
async function fetchMine(rescue: (left: Draft, card: CustomerCard) => void): Promise<void> {
  try {
    const { items } = await get<{ items: Draft[] }>("/api/drafts");
    for (const found of items) {
      if (found.scope === "customer") adopt({ scope: "customer", ref: found.ref }, found);
      else if (found.ref !== call.peek()?.id && found.customer_id) {
        rescue(found, await get<CustomerCard>(`/api/customers/${encodeURIComponent(found.customer_id)}`));
        await request("PUT", `/api/drafts/call/${encodeURIComponent(found.ref)}`, {});
      }
    }
  } catch {
    /* asked again with the next page */
  }
}
