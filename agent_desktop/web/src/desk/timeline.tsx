// The one time-ordered stream of what happened with a customer: open items first, then newest first.

import { useEffect, useRef, useState } from "preact/hooks";
import { formatFull, formatWhen, t, tryT } from "../i18n";
import { minute } from "../store/clock";
import { fetchOlder, historyOf, visiblePage } from "../store/history";
import { nationalOf } from "../store/caller";
import { mergeEntries, openItems, withoutCall } from "../store/timeline";
import type { Shown } from "../store/work";
import type { CustomerCard, EntryKind, TimelineEntry } from "../types";
import { Button, Empty, Tag } from "../ui/basics";
import { Icon } from "../ui/icon";
import { detailWords, text, titleOf } from "./details";
import { CallNumber } from "./callnumber";
import { ENTRY_ICON } from "./words";

const KINDS: EntryKind[] = [
  "call",
  "note",
  "ticket",
  "order",
  "opportunity",
  "callback",
  "repair",
  "mail",
  "visit",
  "campaign",
];

export function Timeline({ shown }: { shown: Shown }) {
  const [kind, setKind] = useState<EntryKind | null>(null);
  const customer = shown.customer;
  if (!customer) return <NoHistory />;
  return (
    <section class="history" aria-label={t("timeline.title")}>
      <div class="filters" role="group" aria-label={t("timeline.filter")}>
        <button type="button" aria-pressed={kind === null} onClick={() => setKind(null)}>
          {t("timeline.all")}
        </button>
        {KINDS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={kind === each}
            onClick={() => setKind(kind === each ? null : each)}
          >
            <Icon name={ENTRY_ICON[each]} />
            {tryT(`entry.${each}`, each)}
          </button>
        ))}
      </div>
      <Stream key={kind} customer={customer} kind={kind} shown={shown} />
    </section>
  );
}

interface StreamProps {
  customer: CustomerCard;
  kind: EntryKind | null;
  shown: Shown;
}

function Stream({ customer, kind, shown }: StreamProps) {
  const customerId = customer.id;
  const state = historyOf(customerId, kind).value;
  const page = visiblePage(kind === null ? shown.timeline : null, state.page);
  const older = (): void => void fetchOlder(customerId, kind, page);
  useEffect(() => {
    if (!page) older();
  }, []);
  const open = page && kind === null ? openItems(mergeEntries(shown.open, page.entries)) : [];
  const pinned = new Set(open.map((entry) => entry.id));
  const none = page?.next === null && withoutCall(page.entries, shown.callId).length === 0;
  const rest = withoutCall(page?.entries ?? [], shown.callId).filter((entry) => !pinned.has(entry.id));
  return (
    <div class="stream" tabIndex={0} aria-label={t("timeline.title")} role="group">
      {open.length > 0 && (
        <section class="pinned" aria-label={t("timeline.open")}>
          <h2>{`${t("timeline.open")} · ${open.length}`}</h2>
          <ol>
            {open.map((entry) => (
              <Item key={entry.id} entry={entry} customer={customer} pinned />
            ))}
          </ol>
        </section>
      )}
      {blocksOf(rest).map((entries, place) => (
        <Block key={place} entries={entries} customer={customer} />
      ))}
      {none && (
        <Empty icon="clock" title={t(kind === null ? "timeline.none" : "timeline.none_kind")}>
          {kind === null && t("timeline.none_help")}
        </Empty>
      )}
      {(page === null || page.next !== null) && (
        <More busy={state.busy} failed={state.failed} onMore={older} />
      )}
    </div>
  );
}

const BLOCK = 30;

function blocksOf(entries: TimelineEntry[]): TimelineEntry[][] {
  const count = Math.ceil(entries.length / BLOCK);
  return Array.from({ length: count }, (_, place) => entries.slice(place * BLOCK, (place + 1) * BLOCK));
}

/**
 * Entries that are drawn while they are near the screen or have the focus: far from it an empty place of the same height
 * stands for them, so that the page stays as light at ten thousand entries as at a hundred.
 */
function Block({ entries, customer }: { entries: TimelineEntry[]; customer: CustomerCard }) {
  const box = useRef<HTMLOListElement>(null);
  const [height, setHeight] = useState<number | null>(null);
  useEffect(() => {
    const at = box.current;
    if (!at) return undefined;
    const watch = new IntersectionObserver(
      ([seen]) => {
        const near = seen?.isIntersecting || at.contains(document.activeElement);
        setHeight(near ? null : (seen?.boundingClientRect.height ?? null));
      },
      { root: at.closest(".stream"), rootMargin: "1200px" },
    );
    watch.observe(at);
    return () => watch.disconnect();
  }, []);
  return (
    <ol ref={box} style={{ height: height === null ? "" : `${height}px` }} aria-hidden={height !== null}>
      {height === null && entries.map((entry) => <Item key={entry.id} entry={entry} customer={customer} />)}
    </ol>
  );
}

const AGAIN_MS = 3000;

/** Fetches as it comes near the screen, and again when that failed; a button for who will not wait, and for keyboards. */
function More({ busy, failed, onMore }: { busy: boolean; failed: boolean; onMore: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    if (busy || !end.current) return undefined;
    if (failed) {
      const timer = setTimeout(() => latest.current(), AGAIN_MS);
      return () => clearTimeout(timer);
    }
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      rootMargin: "300px",
    });
    seen.observe(end.current);
    return () => seen.disconnect();
  }, [failed, busy]);
  return (
    <div class="more" ref={end}>
      {failed && <span class="fg-alarm small">{t("timeline.failed")}</span>}
      <Button small busy={busy} onClick={onMore}>
        {t(failed ? "timeline.again" : "timeline.older")}
      </Button>
    </div>
  );
}

function Item({
  entry,
  customer,
  pinned,
}: {
  entry: TimelineEntry;
  customer: CustomerCard;
  pinned?: boolean;
}) {
  const [wide, setWide] = useState(false);
  const facts = detailWords(entry.details, entry.title);
  const phone = text(entry.details, "phone");
  const long = (entry.body?.length ?? 0) > 160 || (entry.body?.match(/\n/g)?.length ?? 0) > 1;
  return (
    <li class="event" data-kind={entry.kind} data-status={entry.status}>
      <span class="dot">
        <Icon name={ENTRY_ICON[entry.kind] ?? "info"} label={tryT(`entry.${entry.kind}`, entry.kind)} />
      </span>
      <div class="grow">
        <div class="row">
          <span class="strong truncate">{titleOf(entry)}</span>
          {entry.status === "open" && !pinned && <Tag tone="paused">{t("timeline.is_open")}</Tag>}
          <time class="small muted" dateTime={entry.at} title={formatFull(entry.at)}>
            {formatWhen(entry.at, minute.value)}
          </time>
        </div>
        {entry.body && (
          <p class={wide ? "words wide" : "words"} dir="auto">
            {entry.body}
          </p>
        )}
        {long && (
          <Button kind="link" class="small" aria-expanded={wide} onClick={() => setWide(!wide)}>
            {t(wide ? "timeline.less" : "timeline.whole")}
          </Button>
        )}
        {phone && (
          <CallNumber
            number={phone}
            words={nationalOf(customer, phone)}
            zones={entry.zones ?? []}
            customerId={customer.id}
          />
        )}
        {(facts.length > 0 || entry.staff_name) && (
          <p class="small muted truncate">{[entry.staff_name, ...facts].filter(Boolean).join(" · ")}</p>
        )}
      </div>
    </li>
  );
}

function NoHistory() {
  return (
    <section class="history">
      <div class="stream">
        <Empty icon="user" title={t("timeline.nobody")}>
          {t("timeline.nobody_help")}
        </Empty>
      </div>
    </section>
  );
}
