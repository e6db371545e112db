// What the agent can ask of the server. A refusal is said in words; success is confirmed by the pushed change.

import { signal } from "@preact/signals";
import { askNotifications } from "../alert/notes";
import { ApiError, patch, post, put, remove } from "../api";
import { type Language, setLanguage, t } from "../i18n";
import { mark } from "../marks";
import { endSession, sip } from "../phone/session";
import type { CustomerCard, Presence, Ticket, TimelineEntry } from "../types";
import { call, canAsk, offer, pop } from "./live";
import { complain, toast } from "./toasts";
import { closeCustomer } from "./work";

/** Names of actions that wait for an answer; their buttons show it. */
export const pending = signal<ReadonlySet<string>>(new Set());

/** Run `work` under `name` once at a time; true when it succeeded. */
export async function act(name: string, work: () => Promise<unknown>): Promise<boolean> {
  if (pending.value.has(name)) return false;
  pending.value = new Set([...pending.value, name]);
  try {
    await work();
    return true;
  } catch (failure) {
    if (!(failure instanceof SaidAtFields)) complain(failure);
    return false;
  } finally {
    const rest = new Set(pending.value);
    rest.delete(name);
    pending.value = rest;
  }
}

class SaidAtFields extends Error {}

/** Problems of the fields that a form has are shown there by `show`, and not said again in the corner. */
export async function atFields<T>(
  fields: readonly string[],
  show: (problems: Record<string, string>) => void,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (failure) {
    if (!(failure instanceof ApiError)) throw failure;
    show(failure.fields);
    const named = Object.keys(failure.fields);
    throw named.length > 0 && named.every((name) => fields.includes(name)) ? new SaidAtFields() : failure;
  }
}

export function setPresence(presence: Presence, reason: string | null = null): Promise<boolean> {
  if (presence === "ready") void askNotifications();
  return act("presence", () => put("/api/desk/presence", { presence, reason }));
}

export async function declineOffer(): Promise<void> {
  const current = offer.value;
  if (!canAsk.value || !current) return endSession();
  mark("decline", current.id);
  const done = await act("decline", () => post(`/api/offers/${current.id}/decline`));
  if (!done && sip.value?.state === "ringing") endSession();
}

/** The caller is offered to me then, as any other is. */
export const pickCaller = (id: string): Promise<unknown> => post(`/api/calls/${id}/pick`);

export function toggleHold(): Promise<boolean> {
  const current = call.value;
  if (!current) return Promise.resolve(false);
  const verb = current.stint?.state === "held" ? "resume" : "hold";
  return act("hold", async () => {
    await post(`/api/calls/${current.id}/${verb}`);
    mark(verb === "hold" ? "held" : "resumed");
  });
}

/** By SIP when this tab has the call; a caller on hold is let go by the server first, so that nobody rings us again. */
export async function endCall(): Promise<void> {
  const current = call.value;
  mark("end");
  const first = ["held", "dialling"].includes(current?.stint?.state ?? "");
  if (current && canAsk.value && (first || !sip.value))
    await act("end", () => post(`/api/calls/${current.id}/hang-up`));
  endSession();
}

export function finishWrapUp(callId: string, disposition: string | null, note: string): Promise<boolean> {
  mark("wrap_up_sent");
  return act("wrap-up", () => post(`/api/calls/${callId}/wrap-up`, { disposition, note }));
}

export function extendWrapUp(callId: string): Promise<boolean> {
  return act("extend", () => post(`/api/calls/${callId}/wrap-up/extend`));
}

export async function linkCustomer(callId: string, customer: CustomerCard): Promise<boolean> {
  const looked = pop.value?.candidates ?? [];
  const done = await act("link", () => put(`/api/calls/${callId}/customer`, { customer_id: customer.id }));
  if (!done) return false;
  for (const each of [...looked, customer]) closeCustomer(each.id);
  toast("good", t("context.linked", { name: customer.name }));
  return true;
}

export const addNote = (
  customerId: string,
  text: string,
  interaction: string | null,
): Promise<TimelineEntry> =>
  post(`/api/customers/${customerId}/notes`, {
    text,
    ...(interaction ? { interaction_id: interaction } : {}),
  });

export const addTicket = (customerId: string, form: object, interaction: string | null): Promise<Ticket> =>
  post(`/api/customers/${customerId}/tickets`, {
    ...form,
    ...(interaction ? { interaction_id: interaction } : {}),
  });

export const addCustomer = (form: object): Promise<CustomerCard> => post("/api/customers", form);

/** Shown at once, remembered by the server when it can be. */
export function chooseAndKeepLanguage(next: Language): void {
  setLanguage(next);
  if (canAsk.value) void act("language", () => patch("/api/me", { language: next }));
}

export const endOtherSession = (id: string): Promise<boolean> =>
  act("session", () => remove(`/api/sessions/${id}`));
