// The audit trail: who did what, to whom, from where; filtered by the address, as a file, and whether it is whole.

import { useSignal } from "@preact/signals";
import { get, wordsFor } from "../api";
import { formatFull, formatNumber, formatTime, formatWhen, type Key, t, tryT } from "../i18n";
import { minute } from "../store/clock";
import type { AuditLine, ChainState } from "./types";
import { Button, Empty } from "../ui/basics";
import { Field, Select } from "../ui/field";
import { Icon } from "../ui/icon";
import { Page } from "../ui/page";
import { type Column, DataTable } from "../ui/table";
import { may } from "./account";
import { useLoad, usePages } from "./load";
import { place, setQuery } from "./router";
import { actionName } from "./words";

const FILTERS = ["actor", "action", "subject", "since", "until"] as const;

/** What the address asks for, as the server takes it: days become moments of the reader's own zone. */
function asked(): URLSearchParams {
  const found = new URLSearchParams();
  const { query } = place.value;
  for (const name of FILTERS) {
    const value = query.get(name);
    if (!value) continue;
    if (name === "since" || name === "until") {
      const day = new Date(`${value}T00:00:00`);
      if (Number.isNaN(day.getTime())) continue;
      if (name === "until") day.setDate(day.getDate() + 1);
      found.set(name, day.toISOString());
    } else found.set(name, value);
  }
  return found;
}

export function AuditPage() {
  const query = asked();
  const pages = usePages<AuditLine, number>(`/api/audit?${query}`, "before");
  const save = (
    <a class="btn" href={`/api/audit/export?${query}`} download>
      <Icon name="download" />
      {t("audit.export")}
    </a>
  );
  return (
    <Page title={t("audit.title")} lead={t("audit.lead")} actions={save}>
      <Chain />
      <Filters rows={pages.rows.value ?? []} />
      <DataTable
        label={t("audit.title")}
        pages={pages}
        columns={columns()}
        keyOf={(row) => row.seq}
        empty={
          <Empty icon="list" title={t("audit.none")}>
            <a href="/admin/audit">{t("list.clear")}</a>
          </Empty>
        }
      />
    </Page>
  );
}

function Chain() {
  const state = useSignal<ChainState | null>(null);
  const problem = useSignal("");
  const busy = useSignal(false);
  const check = async (): Promise<void> => {
    busy.value = true;
    problem.value = "";
    try {
      state.value = await get<ChainState>("/api/audit/chain");
    } catch (failure) {
      problem.value = wordsFor(failure);
    } finally {
      busy.value = false;
    }
  };
  const found = state.value;
  const tone = problem.value || (found && !found.whole) ? "alarm" : found ? "ready" : "out";
  return (
    <div class={`strip tone-${tone}`} role="status">
      <Icon name={tone === "alarm" ? "alert" : "shield"} />
      <p class="grow">
        {problem.value ||
          (!found
            ? t("audit.unchecked")
            : found.whole
              ? t("audit.whole", { lines: formatNumber(found.lines), at: formatTime(found.checked_at) })
              : t(`audit.broken_${found.broken_how ?? "changed"}`, {
                  seq: formatNumber(found.broken_at ?? 0),
                }))}
      </p>
      <Button small busy={busy.value} onClick={() => void check()}>
        {t("audit.check")}
      </Button>
    </div>
  );
}

function Filters({ rows }: { rows: AuditLine[] }) {
  const actions = useLoad<{ items: string[] }>("/api/audit/actions");
  const query = place.value.query;
  const acts = (actions.data.value?.items ?? []).map((id) => ({ id, label: actionName(id) }));
  return (
    <div class="filterbar" role="search">
      <Select
        label={t("audit.action")}
        value={query.get("action") ?? ""}
        options={[{ id: "", label: t("audit.every_action") }, ...acts]}
        onPick={(action) => setQuery({ action })}
      />
      <Day name="since" />
      <Day name="until" />
      {(["actor", "subject"] as const).map((name) => {
        const id = query.get(name);
        if (!id) return null;
        const row = rows.find((each) => each[name] === id);
        return (
          <Button key={name} small icon="close" onClick={() => setQuery({ [name]: "" })}>
            {t(`audit.only_${name}`, { name: row ? nameOf(row, name) : id })}
          </Button>
        );
      })}
    </div>
  );
}

function Day({ name }: { name: "since" | "until" }) {
  return (
    <Field label={t(`audit.${name}`)}>
      {(ids) => (
        <input
          class="input"
          type="date"
          value={place.value.query.get(name) ?? ""}
          onChange={(event) => setQuery({ [name]: event.currentTarget.value })}
          {...ids}
        />
      )}
    </Field>
  );
}

function nameOf(row: AuditLine, which: "actor" | "subject"): string {
  if (which === "subject") return subjectOf(row);
  return row.actor_name ?? tryT(`audit.id_${row.actor}`, row.actor);
}

function subjectOf(row: AuditLine): string {
  const { subject, subject_name: name, subject_is: kind, subject_gone: gone } = row;
  if (kind === "call" && row.call) return callOf(row.call);
  if (gone && kind) return t(`audit.gone_${kind}` as Key);
  if (name && kind === "note") return t("audit.note_of", { name });
  return name ?? tryT(`audit.id_${subject}`, subject);
}

function callOf({ outbound, who, customer_gone: gone }: NonNullable<AuditLine["call"]>): string {
  const whom = who ?? t(gone ? "audit.gone_customer" : "audit.withheld");
  return t(outbound ? "audit.call_to" : "audit.call_from", { who: whom });
}

/** Beside a name what tells two of one name apart: a person's login, when a call was. */
function besideName(row: AuditLine, which: "actor" | "subject"): string | null {
  if (which === "subject" && row.subject_is === "call") {
    return row.call && formatWhen(row.call.at, minute.value);
  }
  return row[`${which}_login`];
}

function Who({ row, which }: { row: AuditLine; which: "actor" | "subject" }) {
  const beside = besideName(row, which);
  return (
    <span class="stack tight">
      <a
        href="#"
        class="filterlink"
        onClick={(event) => (event.preventDefault(), setQuery({ [which]: row[which] }))}
      >
        {nameOf(row, which)}
      </a>
      {beside && <span class="small muted">{beside}</span>}
    </span>
  );
}

/** Where the subject is looked at, for those who may; null where it has no page. */
function pageOf({ subject, subject_is: kind, subject_gone: gone }: AuditLine): string | null {
  return kind === "queue" && !gone && may("setup_write")
    ? `/admin/queues/${encodeURIComponent(subject)}`
    : null;
}

function Subject({ row }: { row: AuditLine }) {
  const page = pageOf(row);
  return (
    <span class="row wrap">
      <Who row={row} which="subject" />
      {page && (
        <a class="small" href={page} aria-label={`${t("audit.open")}: ${subjectOf(row)}`}>
          {t("audit.open")}
        </a>
      )}
    </span>
  );
}

function columns(): Column<AuditLine>[] {
  return [
    {
      id: "at",
      label: t("audit.when"),
      cell: (row) => (
        <time dateTime={row.at} title={formatFull(row.at)}>
          {formatWhen(row.at, minute.value)}
        </time>
      ),
    },
    { id: "actor", label: t("audit.who"), cell: (row) => <Who row={row} which="actor" /> },
    {
      id: "action",
      label: t("audit.what"),
      cell: (row) => (
        <span class="stack tight">
          <span>{actionName(row.action)}</span>
          <span class="small muted details">{detailsOf(row)}</span>
        </span>
      ),
    },
    {
      id: "subject",
      label: t("audit.to"),
      cell: (row) => (row.subject === row.actor ? <span class="muted">–</span> : <Subject row={row} />),
    },
    {
      id: "ip",
      label: t("audit.from"),
      extra: true,
      cell: (row) => <span class="small">{row.ip || "–"}</span>,
    },
    { id: "seq", label: "#", end: true, extra: true, cell: (row) => <span class="muted">{row.seq}</span> },
  ];
}

function detailsOf(row: AuditLine): string {
  const words = ([name, value]: [string, unknown]): string => {
    const each = (one: unknown): string =>
      one === null ? t("audit.gone_customer") : wordOf(name, String(one));
    const shown = Array.isArray(value) ? value.map(each).join(", ") : each(value);
    return `${tryT(`detail.${name}`, name.replaceAll("_", " "))}: ${shown}`;
  };
  const shown = Object.entries(row.details).filter(
    ([name, value]) => value !== "" && !(name === "customer" && row.subject_is === "note"),
  );
  return shown
    .map((detail) => saidOtherwise(row, detail[0]) ?? words(detail))
    .filter(Boolean)
    .join(" · ");
}

/** A detail of which the value says nothing to anybody: a call by its id, the login that somebody tried, which is kept as
    a hash. Empty where the row says it already. */
function saidOtherwise(row: AuditLine, name: string): string | null {
  if (row.action === "sign_in_failed" && name === "login") {
    return row.subject_login ? "" : t("audit.unknown_login");
  }
  if (row.action === "recordings_listed" && name === "count") {
    return t("audit.recordings", { count: formatNumber(Number(row.details.count)) });
  }
  if (name !== "call") return null;
  const { call } = row;
  return call ? `${callOf(call)}, ${formatWhen(call.at, minute.value)}` : t("audit.gone_call");
}

/** A value in words where there are some: roles, ways and steps of signing in, names of fields, yes and no. */
function wordOf(name: string, value: string): string {
  if (name === "changed") return tryT(`people.${value === "team_id" ? "team" : value}`, value);
  if (name === "method") return tryT(`method.${value}`, value);
  if (name === "list") return tryT(`list_of.${value}`, value);
  if (name === "next") return tryT(`stage.${value}`, value);
  if (value === "true" || value === "false") return t(`detail.${value}`);
  return tryT(`role.${value}`, value);
}
