// One team: its name, who belongs to it, who leads it.

import { type Signal, useSignal } from "@preact/signals";
import { patch, put, remove } from "../../api";
import { t } from "../../i18n";
import { complain, toast } from "../../store/toasts";
import type { Team, TeamPerson } from "../types";
import { Avatar, Button, Tag } from "../../ui/basics";
import { useForm } from "../../ui/form";
import { FormProblem, TextField } from "../../ui/inputs";
import { Card, Confirm, Page } from "../../ui/page";
import { may } from "../account";
import { Differences, thereNow } from "../conflict";
import { FindPerson } from "../findperson";
import { useLoad } from "../load";
import { NotYet } from "../onepage";
import { go } from "../router";
import { roleName } from "../words";

export function TeamPage({ params }: { params: Record<string, string> }) {
  const loaded = useLoad<Team>(`/api/teams/${params.id}`);
  const deleting = useSignal(false);
  const team = loaded.data.value;
  const back = { to: "/admin/teams", label: t("teams.title") };
  if (!team) return <NotYet back={back} failure={loaded.failure.value} again={loaded.reload} />;
  const manages = may("user_manage");
  const drop = manages && (
    <Button kind="quiet" icon="trash" onClick={() => (deleting.value = true)}>
      {t("teams.delete")}
    </Button>
  );
  return (
    <Page narrow title={team.name} back={back} actions={drop}>
      {manages && <Rename team={loaded.data as Signal<Team>} />}
      <People team={loaded.data as Signal<Team>} manages={manages} />
      {deleting.value && (
        <Confirm
          title={t("teams.delete_ask", { name: team.name })}
          words={t("teams.delete_what")}
          go={t("teams.delete")}
          danger
          work={async () => {
            await remove(`/api/teams/${team.id}`);
            go("/admin/teams");
          }}
          onClose={() => (deleting.value = false)}
        />
      )}
    </Page>
  );
}

function Rename({ team }: { team: Signal<Team> }) {
  const form = useForm({ name: team.value.name });
  const conflict = useSignal(false);
  const { name: there } = team.value;
  const send = (): Promise<boolean> =>
    form.submit(async ({ name }) => {
      const { id, version } = team.value;
      try {
        team.value = await patch<Team>(`/api/teams/${id}`, { name, version });
      } catch (failure) {
        const now = thereNow<{ name: string }>(failure, "team_changed");
        if (!now) throw failure;
        team.value = { ...team.value, ...now.current, version: now.version };
        conflict.value = true;
        return;
      }
      settle();
      toast("good", t("people.saved"));
    });
  const settle = (): void => {
    conflict.value = false;
    form.values.value = { name: team.value.name };
  };
  const same = form.values.value.name.trim() === there;
  return (
    <form ref={form.box} class="panel" noValidate onSubmit={(event) => (event.preventDefault(), void send())}>
      <div class="panel-body stack">
        <FormProblem words={form.problem.value} />
        {conflict.value && (
          <Differences
            fields={["name"]}
            theirs={{ name: there }}
            mine={form.values.value}
            labelOf={() => t("teams.name")}
            wordsOf={(_, { name }) => name}
          />
        )}
        <div class="row end-aligned wrap">
          <div class="grow">
            <TextField form={form} name="name" label={t("teams.name")} attributes={{ maxLength: 100 }} />
          </div>
          {conflict.value && <Button onClick={settle}>{t("conflict.take_theirs")}</Button>}
          <Button type="submit" disabled={same} busy={form.busy.value}>
            {t(conflict.value ? "conflict.keep_mine" : "people.save")}
          </Button>
        </div>
      </div>
    </form>
  );
}

function People({ team, manages }: { team: Signal<Team>; manages: boolean }) {
  const busy = useSignal("");
  const set = async (id: string, member: boolean, lead: boolean): Promise<void> => {
    busy.value = id;
    try {
      team.value = await put<Team>(`/api/teams/${team.value.id}/people/${id}`, { member, lead });
    } catch (failure) {
      complain(failure);
    } finally {
      busy.value = "";
    }
  };
  return (
    <Card title={t("teams.people")} icon="users" lead={t("teams.people_lead")}>
      {manages && (
        <FindPerson
          label={t("teams.add")}
          without={team.value.people.filter(({ member }) => member).map(({ id }) => id)}
          note={(person) => person.team_id && t("teams.moves")}
          onPick={({ id }) => set(id, true, false)}
        />
      )}
      {team.value.people.length === 0 && <p class="small muted">{t("teams.nobody")}</p>}
      <ul class="members">
        {team.value.people.map((person) => (
          <Member
            key={person.id}
            person={person}
            manages={manages}
            busy={busy.value === person.id}
            set={set}
          />
        ))}
      </ul>
    </Card>
  );
}

interface MemberProps {
  person: TeamPerson;
  manages: boolean;
  busy: boolean;
  set: (id: string, member: boolean, lead: boolean) => Promise<void>;
}

function Member({ person, manages, busy, set }: MemberProps) {
  return (
    <li aria-busy={busy}>
      <a class="person grow" href={`/admin/people/${person.id}`}>
        <Avatar name={person.name} />
        <span class="stack tight">
          <span class="strong truncate">{person.name}</span>
          <span class="small muted truncate">{person.roles.map(roleName).join(", ")}</span>
        </span>
      </a>
      {!person.active && <Tag tone="alarm">{t("people.closed")}</Tag>}
      {!person.member && <Tag>{t("teams.other_team")}</Tag>}
      {manages ? (
        <>
          <label class="checkline">
            <input
              type="checkbox"
              checked={person.lead}
              onChange={(event) => void set(person.id, person.member, event.currentTarget.checked)}
            />
            <span>{t("teams.leads")}</span>
          </label>
          <Button
            kind="quiet"
            small
            icon="close"
            label={t("teams.take_out", { name: person.name })}
            onClick={() => void set(person.id, false, false)}
          />
        </>
      ) : (
        person.lead && <Tag tone="gold">{t("teams.leads")}</Tag>
      )}
    </li>
  );
}
