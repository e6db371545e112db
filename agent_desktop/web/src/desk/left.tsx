// My work: the call, what is open for its customer, who waits, and what I did since sign-in.

import type { ComponentChildren } from "preact";
import { get } from "../api";
import { formatTime, formatWhen, t } from "../i18n";
import { shortcut } from "../keys";
import { sip } from "../phone/session";
import { callerName, callerNumber } from "../store/caller";
import { minute } from "../store/clock";
import { desk, offer, call, pop } from "../store/live";
import { recent, type Recent } from "../store/recent";
import { complain } from "../store/toasts";
import { view, visibleState } from "../store/view";
import { waiting } from "../store/waiting";
import { currentPop, openCustomer, selected } from "../store/work";
import type { CustomerCard, QueueRow } from "../types";
import { Avatar, Button, Empty, Tag, TimeRing, Timer } from "../ui/basics";
import { Icon } from "../ui/icon";
import { CallNumber } from "./callnumber";
import { dialog, ticketShown } from "./uistate";
import { PRIORITY_TONE, STATE_LOOK, stateWords, wordFor } from "./words";

export function Left() {
  return (
    <nav class="pane left" aria-label={t("left.title")}>
      <CurrentWork />
      <OpenTickets />
      <Section title={t("left.queues")} action={waiting.value && <WhoWaits />}>
        <Queues />
      </Section>
      <Section title={t("left.recent")}>
        <RecentCalls />
      </Section>
    </nav>
  );
}

interface SectionProps {
  title: string;
  count?: number;
  name?: string;
  action?: ComponentChildren;
  children: ComponentChildren;
}

function Section({ title, count, name = "", action, children }: SectionProps) {
  return (
    <section class={`section ${name}`}>
      <h2>
        {title}
        {count ? <span class="count">{count}</span> : null}
        {action}
      </h2>
      {children}
    </section>
  );
}

function CurrentWork() {
  const state = visibleState.value;
  const phase = view.value.phase;
  if (phase === "idle" || !state) {
    return (
      <Section title={t("left.now")} name="now">
        <Empty icon="phone">{state?.kind === "ready" ? t("left.none_ready") : t("left.none")}</Empty>
      </Section>
    );
  }
  const name = callerName(call.value, pop.value, sip.value);
  const loose = phase === "loose" || phase === "loose_ringing";
  const look = loose ? { tone: "ready", icon: "incoming" as const } : STATE_LOOK[state.kind];
  const now = offer.value;
  return (
    <Section title={t("left.now")} name="now">
      <button
        type="button"
        class={`work tone-${look.tone}`}
        aria-current={selected.value === null}
        data-ringing={phase === "offered" || phase === "loose_ringing"}
        onClick={() => (selected.value = null)}
      >
        {phase === "offered" && now ? (
          <TimeRing from={now.made_at} to={now.deadline} size={36} />
        ) : (
          <Avatar name={name} />
        )}
        <span class="stack tight grow">
          <span class="row">
            <span class="strong truncate grow">{name}</span>
            {state.since && !loose && <Timer since={state.since} />}
          </span>
          <span class="small row">
            <Icon name={look.icon} />
            <span class="truncate">{loose ? t("callbar.fallback") : stateWords(state)}</span>
          </span>
          <span class="small truncate soft">
            {[
              call.value?.direction === "outbound" ? null : call.value?.queue?.name,
              callerNumber(call.value, sip.value),
            ]
              .filter((each) => each && each !== name)
              .join(" · ")}
          </span>
        </span>
      </button>
    </Section>
  );
}

function OpenTickets() {
  const found = currentPop.value?.tickets ?? [];
  return (
    <Section title={t("left.tickets")} count={found.length}>
      {found.length === 0 ? (
        <Empty icon="ticket">
          {t(currentPop.value?.customer ? "left.no_tickets" : "left.tickets_later")}
        </Empty>
      ) : (
        <ul class="list">
          {found.map((ticket) => (
            <li key={ticket.id}>
              <button
                type="button"
                class="line"
                title={ticket.subject}
                onClick={() => (ticketShown.value = ticket)}
              >
                <span class="stack tight grow">
                  <span class="truncate">{ticket.subject}</span>
                  <span class="small muted truncate">
                    {[ticket.number, wordFor("status", ticket.status)].join(" · ")}
                  </span>
                </span>
                <Tag tone={PRIORITY_TONE[ticket.priority] ?? "out"}>
                  {wordFor("priority", ticket.priority)}
                </Tag>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function WhoWaits() {
  return (
    <Button
      kind="quiet"
      small
      icon="users"
      label={`${t("left.who_waits")} (${shortcut("waiting")})`}
      onClick={() => (dialog.value = "waiting")}
    />
  );
}

function Queues() {
  const rows = desk.value?.queues ?? [];
  if (rows.length === 0) return <Empty icon="queue">{t("left.no_queues")}</Empty>;
  return (
    <ul class="list">
      {rows.map((row) => (
        <QueueLine key={row.id} row={row} />
      ))}
    </ul>
  );
}

function QueueLine({ row }: { row: QueueRow }) {
  return (
    <li class="line" data-waiting={row.waiting > 0}>
      <span class="grow stack tight">
        <span class="truncate">{row.name}</span>
        {!row.open && (
          <span class="small muted truncate">
            {row.changes_at
              ? t("left.opens", { when: formatWhen(row.changes_at, minute.value) })
              : t("left.closed")}
          </span>
        )}
      </span>
      {row.waiting > 0 && row.longest_since && (
        <span class="small soft" title={t("left.longest")}>
          <Timer since={row.longest_since} />
        </span>
      )}
      <span class="count" aria-label={t("left.waiting", { count: row.waiting })}>
        {row.waiting}
      </span>
    </li>
  );
}

async function reopen(entry: Recent): Promise<void> {
  if (!entry.customerId) return;
  try {
    await openCustomer(await get<CustomerCard>(`/api/customers/${entry.customerId}`));
  } catch (failure) {
    complain(failure);
  }
}

function RecentCalls() {
  const rows = recent.value.filter((entry) => entry.id !== call.value?.id);
  if (rows.length === 0) return <Empty icon="clock">{t("left.no_recent")}</Empty>;
  return (
    <ul class="list">
      {rows.map((entry) => (
        <li key={entry.id} class="row recent">
          {entry.customerId ? (
            <button type="button" class="line grow" onClick={() => void reopen(entry)}>
              <RecentWords entry={entry} />
            </button>
          ) : (
            <span class="line grow">
              <RecentWords entry={entry} />
            </span>
          )}
          {entry.dial && (
            <CallNumber
              bare
              number={entry.dial}
              words={entry.number || entry.dial}
              zones={entry.zones ?? []}
              customerId={entry.customerId}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

function RecentWords({ entry }: { entry: Recent }) {
  return (
    <span class="stack tight grow" title={entry.number || undefined}>
      <span class="truncate">{entry.name}</span>
      <span class="small muted">{formatTime(entry.at)}</span>
    </span>
  );
}
