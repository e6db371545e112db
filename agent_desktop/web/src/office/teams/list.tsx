// Teams: their leads and how many belong to them; a new one.

import { useSignal } from "@preact/signals";
import { post, wordsFor } from "../../api";
import { t } from "../../i18n";
import type { Team } from "../types";
import { Button, Empty } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { useForm } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { FormProblem, TextField } from "../../ui/inputs";
import { Page } from "../../ui/page";
import { may } from "../account";
import { useLoad } from "../load";
import { go } from "../router";

export function TeamsPage() {
  const teams = useLoad<{ items: Team[] }>("/api/teams");
  const making = useSignal(false);
  const rows = teams.data.value?.items;
  const create = may("user_manage") && (
    <Button kind="primary" icon="plus" onClick={() => (making.value = true)}>
      {t("teams.new")}
    </Button>
  );
  return (
    <Page title={t("teams.title")} lead={t("teams.lead")} actions={create}>
      {teams.failure.value !== null && <Empty icon="alert">{wordsFor(teams.failure.value)}</Empty>}
      {rows?.length === 0 && (
        <Empty icon="users" title={t("teams.none")}>
          {t("teams.none_cure")}
        </Empty>
      )}
      {rows && rows.length > 0 && (
        <ul class="tiles">
          {rows.map((team) => (
            <Tile key={team.id} team={team} />
          ))}
        </ul>
      )}
      {making.value && <NewTeam onClose={() => (making.value = false)} />}
    </Page>
  );
}

function Tile({ team }: { team: Team }) {
  const leads = team.people.filter(({ lead }) => lead);
  return (
    <li>
      <a class="tile" href={`/admin/teams/${team.id}`}>
        <span class="row">
          <Icon name="users" />
          <span class="strong truncate grow">{team.name}</span>
          <span class="count">{team.people.filter(({ member }) => member).length}</span>
        </span>
        <span class="small muted truncate">
          {leads.length > 0
            ? t("teams.led_by", { names: leads.map(({ name }) => name).join(", ") })
            : t("teams.no_lead")}
        </span>
      </a>
    </li>
  );
}

function NewTeam({ onClose }: { onClose: () => void }) {
  const form = useForm({ name: "" }, ({ name }) => (name.trim() ? {} : { name: t("teams.need_name") }));
  const send = (): Promise<boolean> =>
    form.submit(async (values) => {
      const made = await post<Team>("/api/teams", values);
      go(`/admin/teams/${made.id}`);
    });
  return (
    <Dialog title={t("teams.new")} onClose={onClose}>
      <form
        ref={form.box}
        class="stack wide"
        noValidate
        onSubmit={(event) => (event.preventDefault(), void send())}
      >
        <FormProblem words={form.problem.value} />
        <TextField form={form} name="name" label={t("teams.name")} focus attributes={{ maxLength: 100 }} />
        <div class="row dialog-foot">
          <Button onClick={onClose}>{t("dialog.cancel")}</Button>
          <Button type="submit" kind="primary" busy={form.busy.value}>
            {t("teams.make")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
