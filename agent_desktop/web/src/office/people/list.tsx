// People: searched, filtered, by pages.

import { formatDate, formatWhen, t } from "../../i18n";
import { minute } from "../../store/clock";
import type { StaffPerson, Team } from "../types";
import { Avatar, Empty, Tag } from "../../ui/basics";
import { type Column, DataTable } from "../../ui/table";
import { Select } from "../../ui/field";
import { Icon } from "../../ui/icon";
import { Page } from "../../ui/page";
import { may, scopeOf } from "../account";
import { Finder } from "../finder";
import { useLoad, usePages } from "../load";
import { place, setQuery } from "../router";
import { roleName, roleOptions } from "../words";

export function PeoplePage() {
  const query = place.value.query;
  const filter = (name: string): string => query.get(name) ?? "";
  const asked = new URLSearchParams();
  for (const name of ["q", "role", "team", "state"]) if (filter(name)) asked.set(name, filter(name));
  const pages = usePages<StaffPerson>(`/api/people?${asked}`, "after");
  const teams = useLoad<{ items: Team[] }>("/api/teams");
  const named = new Map(teams.data.value?.items.map((team) => [team.id, team.name]));
  const filtered = asked.size > 0;
  const create = may("user_manage") && (
    <a class="btn primary" href="/admin/people/new">
      <Icon name="plus" />
      {t("people.new")}
    </a>
  );
  return (
    <Page
      title={t("people.title")}
      lead={t(scopeOf("user_read") === "all" ? "people.lead" : "people.lead_team")}
      actions={create}
    >
      <Filters teams={teams.data.value?.items ?? []} />
      <DataTable
        label={t("people.title")}
        pages={pages}
        columns={columns(named)}
        keyOf={(row) => row.id}
        empty={
          <Empty icon="users" title={t(filtered ? "people.none_found" : "people.none")}>
            {filtered ? <a href="/admin/people">{t("list.clear")}</a> : t("people.none_cure")}
          </Empty>
        }
      />
    </Page>
  );
}

function Filters({ teams }: { teams: Team[] }) {
  const query = place.value.query;
  return (
    <div class="filterbar" role="search">
      <Finder label={t("people.search")} />
      <Select
        label={t("people.role")}
        value={query.get("role") ?? ""}
        options={[{ id: "", label: t("people.every_role") }, ...roleOptions()]}
        onPick={(role) => setQuery({ role })}
      />
      <Select
        label={t("people.team")}
        value={query.get("team") ?? ""}
        options={[
          { id: "", label: t("people.every_team") },
          ...teams.map(({ id, name }) => ({ id, label: name })),
        ]}
        onPick={(team) => setQuery({ team })}
      />
      <Select
        label={t("people.state")}
        value={query.get("state") ?? "active"}
        options={(["active", "closed", "all"] as const).map((id) => ({ id, label: t(`people.state_${id}`) }))}
        onPick={(state) => setQuery({ state: state === "active" ? "" : state })}
      />
    </div>
  );
}

function columns(teams: Map<string, string>): Column<StaffPerson>[] {
  return [
    {
      id: "name",
      label: t("people.name"),
      cell: (row) => (
        <a class="person" href={`/admin/people/${row.id}`}>
          <Avatar name={row.name} />
          <span class="stack tight">
            <span class="strong truncate">{row.name}</span>
            <span class="small muted truncate">{row.email ?? row.login}</span>
          </span>
        </a>
      ),
    },
    {
      id: "roles",
      label: t("people.roles"),
      cell: (row) => (
        <span class="row wrap">
          {row.roles.map((role) => (
            <Tag key={role} tone={role === "admin" ? "accent" : "out"}>
              {roleName(role)}
            </Tag>
          ))}
        </span>
      ),
    },
    {
      id: "team",
      label: t("people.team"),
      cell: (row) => (row.team_id ? (teams.get(row.team_id) ?? "…") : <span class="muted">–</span>),
    },
    { id: "state", label: t("people.sign_in"), extra: true, cell: (row) => <States person={row} /> },
    {
      id: "seen",
      label: t("people.last_seen"),
      end: true,
      extra: true,
      cell: (row) =>
        row.signed_in_at ? (
          <time dateTime={row.signed_in_at}>{formatWhen(row.signed_in_at, minute.value)}</time>
        ) : (
          <span class="muted">{t("people.never")}</span>
        ),
    },
  ];
}

export function States({ person }: { person: StaffPerson }) {
  if (!person.active)
    return (
      <Tag tone="alarm" icon="close">
        {t("people.closed")}
      </Tag>
    );
  return (
    <span class="row wrap">
      {person.must_change && (
        <Tag tone="paused" icon="key">
          {t("people.must_change")}
        </Tag>
      )}
      {person.second_step ? (
        <Tag tone="ready" icon="shield">
          {t("people.second_step")}
        </Tag>
      ) : (
        !person.must_change && <span class="small muted">{t("people.password_only")}</span>
      )}
    </span>
  );
}

export const sinceOf = (person: StaffPerson): string =>
  person.created_at ? t("people.since", { when: formatDate(person.created_at) }) : "";
