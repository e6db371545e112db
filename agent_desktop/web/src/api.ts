// REST: every answer is typed, every refusal becomes an ApiError with the server's id.

import { type Params, tryT } from "./i18n";

export interface Refusal {
  id: string;
  message: string;
  details: {
    fields?: Record<string, string>;
    reasons?: Record<string, { id: string; params: Params }>;
  } & Record<string, unknown>;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly refusal: Refusal,
  ) {
    super(refusal.message);
  }

  get id(): string {
    return this.refusal.id;
  }

  /** What is wrong with each field, in the reader's language where the catalogue has it. */
  get fields(): Record<string, string> {
    const { fields = {}, reasons = {} } = this.refusal.details;
    const said = (name: string, words: string): string => {
      const reason = reasons[name];
      return reason ? tryT(`field.${reason.id}`, words, reason.params) : words;
    };
    return Object.fromEntries(Object.entries(fields).map(([name, words]) => [name, said(name, words)]));
  }
}

/** It is not there, and asking again would not change that. */
export const isGone = (failure: unknown): boolean => failure instanceof ApiError && failure.status === 404;

let csrf = "";
let onSignedOut = (): void => undefined;

/** What is done when a request is refused because nobody is signed in any more. */
export function whenSignedOut(work: () => void): void {
  onSignedOut = work;
}

export function setCsrf(token: string): void {
  csrf = token;
}

export function csrfToken(): string {
  return csrf || document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content || "";
}

const TRIES = 2;
/** Where the server remembers what a request did. */
const ONCE = /^\/api\/(calls|offers|customers|desk|dial)\b/;
const UNSURE_FOR = 60_000;
const UNSURE = new Set(["timed_out", "outcome_unknown"]);
/** Keys of requests with a body whose outcome nobody knows: sent again by hand, they are still the same request. */
const unsure = new Map<string, { key: string; at: number }>();

function keyFor(name: string): string {
  for (const [known, { at }] of unsure) if (Date.now() - at > UNSURE_FOR) unsure.delete(known);
  return unsure.get(name)?.key ?? newKey();
}

/** crypto.randomUUID is only there on https and localhost. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) =>
    one.toString(16).padStart(2, "0"),
  ).join("");
}

/** Under one key the server carries a request out once: so it is sent again when nobody knows what became of it. */
async function change<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const name = `${method} ${path} ${JSON.stringify(body)}`;
  const key = keyFor(name);
  for (let left = ONCE.test(path) ? TRIES - 1 : 0; ; left--) {
    try {
      const answer = await request<T>(method, path, body, { key });
      unsure.delete(name);
      return answer;
    } catch (failure) {
      const unknown = failure instanceof ApiError && UNSURE.has(failure.id);
      if (unknown && left > 0) continue;
      if (unknown && body && Object.keys(body).length > 0) unsure.set(name, { key, at: Date.now() });
      throw failure;
    }
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A request to the server; `offline` and `timed_out` are refusals of our own. */
export async function request<T>(
  method: Method,
  path: string,
  body?: unknown,
  { signal, keepalive = false, key }: { signal?: AbortSignal; keepalive?: boolean; key?: string } = {},
): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = csrfToken();
  if (key) headers["Idempotency-Key"] = key;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const limit = AbortSignal.timeout(10_000);
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store", keepalive };
  if (body !== undefined) init.body = JSON.stringify(body);
  init.signal = signal ? AbortSignal.any([signal, limit]) : limit;
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new ApiError(0, {
      id: limit.aborted ? "timed_out" : "offline",
      message: "No answer.",
      details: {},
    });
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const refusal = new ApiError(response.status, await refusalOf(response));
  if (refusal.id === "not_signed_in") onSignedOut();
  throw refusal;
}

async function refusalOf(response: Response): Promise<Refusal> {
  try {
    const { error } = (await response.json()) as { error?: Partial<Refusal> };
    return { id: error?.id ?? "failed", message: error?.message ?? "", details: error?.details ?? {} };
  } catch {
    return { id: "failed", message: `${response.status} ${response.statusText}`, details: {} };
  }
}

/** Words for a failure: the catalogue's for its id, else the server's own. */
export function wordsFor(failure: unknown): string {
  if (failure instanceof ApiError) {
    return tryT(
      `error.${failure.id}`,
      failure.message || tryT("error.failed", failure.id),
      paramsOf(failure),
    );
  }
  return tryT("error.failed", String(failure));
}

/** What a text may name of a refusal: its plain details. */
function paramsOf(failure: ApiError): Params {
  const plain = ([, value]: [string, unknown]): boolean =>
    typeof value === "string" || typeof value === "number";
  return Object.fromEntries(Object.entries(failure.refusal.details).filter(plain)) as Params;
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  request("GET", path, undefined, signal ? { signal } : {});
export const post = <T>(path: string, body: unknown = {}): Promise<T> => change("POST", path, body);
export const put = <T>(path: string, body: unknown): Promise<T> => change("PUT", path, body);
export const patch = <T>(path: string, body: unknown): Promise<T> => change("PATCH", path, body);
export const remove = <T = void>(path: string): Promise<T> => change("DELETE", path);
