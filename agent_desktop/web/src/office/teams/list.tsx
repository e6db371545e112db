// Teams: their leads and how many belong to them; a new one.

import { useSignal } from "@preact/signals";
import { post } from "../../api";
import { t } from "../../i18n";
import type { Team } from "../types";
import { Icon } from "../../ui/icon";
import { Page } from "../../ui/page";
import { may } from "../account";
import { Listed, Maker, NameDialog } from "../listpage";
import { useLoad } from "../load";
import { go } from "../router";

export function TeamsPage() {
  const teams = useLoad<{ items: Team[] }>("/api/teams");
  const making = useSignal(false);
  const make = async (name: string): Promise<void> => {
    const made = await post<Team>("/api/teams", { name });
    go(`/admin/teams/${made.id}`);
  };
  const create = may("user_manage") && <Maker words={t("teams.new")} onMake={() => (making.value = true)} />;
  return (
    <Page title={t("teams.title")} lead={t("teams.lead")} actions={create}>
      <Listed
        loaded={teams}
        rows={teams.data.value?.items}
        icon="users"
        none={t("teams.none")}
        cure={t("teams.none_cure")}
      >
        {(rows) => (
          <ul class="tiles">
            {rows.map((team) => (
              <Tile key={team.id} team={team} />
            ))}
          </ul>
        )}
      </Listed>
      {making.value && (
        <NameDialog
          title={t("teams.new")}
          label={t("teams.name")}
          need={t("teams.need_name")}
          go={t("teams.make")}
          most={100}
          save={make}
          onClose={() => (making.value = false)}
        />
      )}
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
