// Beside the history: who this is, how to reach them, what they own and what is going on.

import { type ComponentChildren, Fragment } from "preact";
import { formatDate, formatWhen, nameOf, t } from "../i18n";
import { minute, serverNow } from "../store/clock";
import { historyOf, visiblePage } from "../store/history";
import { mergeEntries, openItems } from "../store/timeline";
import { call } from "../store/live";
import { currentPop, shown } from "../store/work";
import type { CustomerCard, Device, EntryKind, PhoneNumber, TimelineEntry } from "../types";
import { Button, Empty, Tag } from "../ui/basics";
import { Icon, type IconName } from "../ui/icon";
import { copyText } from "./copy";
import { CallNumber } from "./callnumber";
import { Identify } from "./identify";
import { detailWords, text } from "./details";
import { ENTRY_ICON, LEVEL_TONE, wordFor } from "./words";

export function Context() {
  const what = shown.value;
  return (
    <aside class="pane context" aria-label={t("context.title")}>
      {what === null && <Empty icon="user">{t("context.empty")}</Empty>}
      {what && !what.customer && what.callId && (
        <Identify
          callId={what.callId}
          candidates={currentPop.value?.candidates ?? []}
          match={call.value?.match ?? null}
        />
      )}
      {what?.customer && (
        <>
          <Reach customer={what.customer} />
          <Person customer={what.customer} />
          <Going customer={what.customer} entries={mergeEntries(what.open, entriesOf(what.customer.id))} />
          <Owned devices={what.devices} />
        </>
      )}
    </aside>
  );
}

function entriesOf(customerId: string): TimelineEntry[] {
  const first = shown.value?.timeline ?? null;
  return visiblePage(first, historyOf(customerId, null).value.page)?.entries ?? [];
}

export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="section">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Reach({ customer }: { customer: CustomerCard }) {
  return (
    <Section title={t("context.reach")}>
      <ul class="list">
        {customer.numbers.map((number) => (
          <Line
            key={`${number.e164} ${number.contact ?? ""}`}
            icon="phone"
            text={numberWords(number)}
            title={number.e164}
            call={
              <CallNumber
                bare
                number={number.e164}
                words={numberWords(number)}
                zones={number.zones ?? []}
                customerId={customer.id}
              />
            }
            under={
              [number.contact, number.label && wordFor("label", number.label)].filter(Boolean).join(" · ") ||
              null
            }
            copy={number.e164}
          />
        ))}
        {customer.email && (
          <Line
            icon="mail"
            text={<Mail of={customer.email} />}
            title={customer.email}
            copy={customer.email}
          />
        )}
        {customer.numbers.length === 0 && !customer.email && (
          <Empty icon="phone">{t("context.no_numbers")}</Empty>
        )}
      </ul>
    </Section>
  );
}

/** A mail address that is broken, where it must be, after @ or before a dot. */
function Mail({ of }: { of: string }) {
  return (
    <>
      {of.split(/(?<=@)|(?=\.)/).map((part, place) => (
        <Fragment key={place}>
          {place > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}

/** As people here write it, with the extension to ask for. */
function numberWords({ national, e164, extension }: PhoneNumber): string {
  const words = national || e164;
  return extension ? t("context.extension", { number: words, extension }) : words;
}

function Line({
  icon,
  text,
  title,
  under,
  copy,
  call,
}: {
  icon: IconName;
  text: ComponentChildren;
  /** The whole of it, on hover. */
  title: string;
  under?: string | null | undefined;
  copy: string;
  call?: ComponentChildren;
}) {
  return (
    <li class="line">
      <Icon name={icon} />
      <span class="stack tight grow" title={title}>
        <span class="reach">{text}</span>
        {under && <span class="small muted truncate">{under}</span>}
      </span>
      {call}
      <Button
        kind="quiet"
        small
        icon="link"
        class="reveal"
        label={t("context.copy", { text: copy })}
        onClick={() => void copyText(copy)}
      />
    </li>
  );
}

function Person({ customer }: { customer: CustomerCard }) {
  const place = [customer.city, nameOf("region", customer.country)].filter(Boolean).join(", ");
  return (
    <Section title={t("context.person")}>
      <dl class="pairs">
        <Pair name={t("context.level")}>
          <Tag tone={LEVEL_TONE[customer.level] ?? "out"} icon="star">
            {wordFor("level", customer.level)}
          </Tag>
        </Pair>
        {customer.company && <Pair name={t("context.company")}>{customer.company}</Pair>}
        {place && <Pair name={t("context.place")}>{place}</Pair>}
        {customer.language && <Pair name={t("fact.language")}>{nameOf("language", customer.language)}</Pair>}
        {customer.since && <Pair name={t("context.since")}>{formatDate(customer.since)}</Pair>}
        {customer.owner && <Pair name={t("fact.owner")}>{customer.owner}</Pair>}
      </dl>
    </Section>
  );
}

function Pair({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Going({ customer, entries }: { customer: CustomerCard; entries: TimelineEntry[] }) {
  const open = openItems(entries);
  const groups: [EntryKind, number, string][] = [
    ["ticket", customer.open_tickets, t("context.tickets")],
    ["opportunity", customer.open_opportunities, t("context.opportunities")],
    ["callback", customer.callbacks, t("context.callbacks")],
  ];
  return (
    <Section title={t("context.going")}>
      <ul class="list">
        {groups.map(([kind, count, label]) => (
          <Group
            key={kind}
            kind={kind}
            count={count}
            label={label}
            items={kind === "ticket" ? [] : open.filter((entry) => entry.kind === kind)}
          />
        ))}
      </ul>
    </Section>
  );
}

function Group({
  kind,
  count,
  label,
  items,
}: {
  kind: EntryKind;
  count: number;
  label: string;
  items: TimelineEntry[];
}) {
  return (
    <li>
      <div class="line" data-some={count > 0}>
        <Icon name={ENTRY_ICON[kind]} />
        <span class="grow">{label}</span>
        <span class="count">{count}</span>
      </div>
      {items.map((entry) => (
        <div key={entry.id} class="line sub">
          <span class="stack tight grow">
            <span class="truncate" title={entry.title}>
              {entry.title}
            </span>
            <span class="small muted">{goingWords(entry)}</span>
          </span>
        </div>
      ))}
    </li>
  );
}

/** What is promised stands first; when it began only where nothing is. */
function goingWords(entry: TimelineEntry): string {
  const words = detailWords(entry.details, entry.title);
  return (text(entry.details, "due") ? words : [...words, formatWhen(entry.at, minute.value)]).join(" · ");
}

function Owned({ devices }: { devices: Device[] }) {
  if (devices.length === 0) return null;
  return (
    <Section title={t("context.owned")}>
      <ul class="list">
        {devices.map((each) => (
          <li key={each.id} class="line">
            <Icon name="device" />
            <span class="stack tight grow">
              <span class="truncate" title={`${each.product} ${each.model}`}>
                {each.model || each.product}
              </span>
              <span class="small muted truncate">{each.serial}</span>
              <Warranty until={each.warranty_until} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Until when it is covered, said apart when that is over. */
function Warranty({ until }: { until: string | null }) {
  if (!until) return null;
  const over = Date.parse(until) < serverNow();
  const words = t(over ? "context.warranty_over" : "context.warranty", { date: formatDate(until) });
  return <span class={`small ${over ? "muted" : "fg-ready"}`}>{words}</span>;
}
