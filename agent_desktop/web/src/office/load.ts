// What a page reads from the server: one thing, or a list by pages.

import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, get } from "../api";
import type { Paged } from "./types";

const AGAIN_MS = 2000;

/** What passes by itself (a server or database that is away) is asked for again until it is there. */
function useAgain(failure: Signal<unknown>, ask: () => Promise<void>): void {
  const problem = failure.value;
  useEffect(() => {
    if (!(problem instanceof ApiError) || !passes(problem.status)) return undefined;
    const timer = setTimeout(() => void ask(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [problem]);
}

const passes = (status: number): boolean => status === 0 || status >= 502;

export interface Loaded<T> {
  data: Signal<T | null>;
  failure: Signal<unknown>;
  loading: Signal<boolean>;
  reload: () => Promise<void>;
}

/** What `path` answers; asked again when it changes. Null asks nothing. */
export function useLoad<T>(path: string | null): Loaded<T> {
  const data = useSignal<T | null>(null);
  const failure = useSignal<unknown>(null);
  const loading = useSignal(path !== null);
  const asked = useRef(0);
  const reload = async (): Promise<void> => {
    if (path === null) return;
    const mine = ++asked.current;
    loading.value = true;
    try {
      const found = await get<T>(path);
      if (mine !== asked.current) return;
      data.value = found;
      failure.value = null;
    } catch (problem) {
      if (mine !== asked.current) return;
      if (!gone(problem)) failure.value = problem;
    } finally {
      if (mine === asked.current) loading.value = false;
    }
  };
  useEffect(() => {
    data.value = null;
    failure.value = null;
    void reload();
  }, [path]);
  useAgain(failure, reload);
  return { data, failure, loading, reload };
}

export interface Pages<T> {
  rows: Signal<T[] | null>;
  failure: Signal<unknown>;
  loading: Signal<boolean>;
  more: boolean;
  next: () => Promise<void>;
  reload: () => Promise<void>;
}

/** A list that grows by pages: `path` with `cursor=…` of the page before. Rows stay while another filter loads. */
export function usePages<T, N extends string | number = string>(path: string, cursor: string): Pages<T> {
  const rows = useSignal<T[] | null>(null);
  const following = useSignal<N | null>(null);
  const failure = useSignal<unknown>(null);
  const loading = useSignal(true);
  const asked = useRef(0);
  const wanted = useRef<N | null>(null);
  const fetch = async (after: N | null): Promise<void> => {
    const mine = ++asked.current;
    wanted.current = after;
    loading.value = true;
    try {
      const joint = path.includes("?") ? "&" : "?";
      const found = await get<Paged<T, N>>(after === null ? path : `${path}${joint}${cursor}=${after}`);
      if (mine !== asked.current) return;
      rows.value = after === null ? found.items : [...(rows.value ?? []), ...found.items];
      following.value = found.next;
      failure.value = null;
    } catch (problem) {
      if (mine !== asked.current) return;
      if (!gone(problem)) failure.value = problem;
    } finally {
      if (mine === asked.current) loading.value = false;
    }
  };
  useEffect(() => void fetch(null), [path]);
  useAgain(failure, () => fetch(wanted.current));
  return {
    rows,
    failure,
    loading,
    more: following.value !== null,
    next: () => fetch(following.value),
    reload: () => fetch(null),
  };
}

/** Said for the page as a whole. */
const gone = (problem: unknown): boolean => problem instanceof ApiError && problem.id === "not_signed_in";
