// Finds anybody by name, number or mail address; arrows and Enter choose.

import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { get, wordsFor } from "../api";
import { t } from "../i18n";
import { canAsk } from "../store/live";
import { openCustomer } from "../store/work";
import type { FoundCustomer } from "../types";
import { Keys } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { openDial } from "./dialling";
import { dialOf, FoundRow } from "./foundrow";
import { readTicket } from "./readticket";
import { closeDialog } from "./uistate";

const WAIT_MS = 140;
const LEAST = 2;

/** One Chinese character is a family name already. */
function enough(query: string): boolean {
  return query.length >= LEAST || /\p{Script=Han}/u.test(query);
}

interface Found {
  query: string;
  items: FoundCustomer[];
  problem: string | null;
}

const NONE: Found = { query: "", items: [], problem: null };

export function SearchDialog() {
  return (
    <Dialog title={t("search.title")} palette onClose={closeDialog}>
      <CustomerSearch
        onPick={(customer) => {
          closeDialog();
          void openCustomer(customer);
          if (customer.found?.by === "ticket" && customer.found.ref) void readTicket(customer.found.ref);
        }}
      />
      <footer class="palette-foot small muted">
        <Keys of="↑+↓" /> {t("search.move")} <Keys of="⏎" /> {t("search.open")} <Keys of="Alt+⏎" />{" "}
        {t("search.call")} <Keys of="Esc" /> {t("dialog.close")}
      </footer>
    </Dialog>
  );
}

export function CustomerSearch({
  onPick,
  compact,
}: {
  onPick: (customer: FoundCustomer) => void;
  compact?: boolean;
}) {
  const query = useSignal("");
  const at = useSignal(0);
  const found = useSearch(query.value.trim());
  const list = useId();
  const items = found?.items ?? [];
  const keys = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const now = items[at.value];
    if (step && items.length) at.value = (at.value + step + items.length) % items.length;
    else if (event.key === "Enter" && event.altKey && now && dialOf(now)) openDial(dialOf(now) ?? "", now.id);
    else if (event.key === "Enter" && now) onPick(now);
    else return;
    event.preventDefault();
  };
  return (
    <div class={compact ? "lookup compact" : "lookup"}>
      <Query
        query={query}
        at={at}
        list={list}
        found={items.length > 0}
        compact={compact ?? false}
        onKey={keys}
      />
      <div id={list} role="listbox" aria-label={t("search.results")} class="results">
        {items.map((each, index) => (
          <FoundRow
            key={`${each.id} ${each.found?.ref ?? ""}`}
            id={`${list}-${index}`}
            customer={each}
            active={index === at.value}
            onHover={() => (at.value = index)}
            onPick={() => onPick(each)}
          />
        ))}
      </div>
      <Said query={query.value.trim()} found={found} compact={compact ?? false} />
    </div>
  );
}

interface QueryProps {
  query: Signal<string>;
  at: Signal<number>;
  list: string;
  found: boolean;
  compact: boolean;
  onKey: (event: KeyboardEvent) => void;
}

function Query({ query, at, list, found, compact, onKey }: QueryProps) {
  return (
    <div class="lookup-field">
      <Icon name="search" />
      <input
        class={compact ? "input" : ""}
        autoFocus={!compact}
        role="combobox"
        aria-expanded={found}
        aria-controls={list}
        aria-activedescendant={found ? `${list}-${at.value}` : undefined}
        aria-label={t("search.title")}
        placeholder={t("search.prompt")}
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={onKey}
      />
    </div>
  );
}

/** What the server finds for `query`, a moment after the last key; null while asking. */
function useSearch(query: string): Found | null {
  const found = useSignal<Found>(NONE);
  useEffect(() => {
    if (!enough(query) || !canAsk.value) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const { items } = await get<{ items: FoundCustomer[] }>(
          `/api/customers?q=${encodeURIComponent(query)}`,
          stop.signal,
        );
        found.value = { query, items, problem: null };
      } catch (failure) {
        if (!stop.signal.aborted) found.value = { query, items: [], problem: wordsFor(failure) };
      }
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query]);
  if (!enough(query)) return NONE;
  return found.value.query === query ? found.value : found.value.items.length ? found.value : null;
}

function Said({ query, found, compact }: { query: string; found: Found | null; compact: boolean }) {
  const words = !canAsk.value
    ? t("search.offline")
    : !enough(query)
      ? compact
        ? ""
        : t("search.hint")
      : found === null
        ? t("search.busy")
        : (found.problem ?? (found.items.length ? "" : t("search.nobody", { query })));
  return (
    <p class="said small muted" role="status">
      {words}
    </p>
  );
}
