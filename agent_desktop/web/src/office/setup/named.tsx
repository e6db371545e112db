// Skills, and groups: what they are called, who has them or is in them; a new one, another name, away with it.

import { patch, post, remove } from "../../api";
import { t } from "../../i18n";
import { toast } from "../../store/toasts";
import { Button } from "../../ui/basics";
import { type Acts, ListPage, NameDialog } from "../listpage";
import { useLoad } from "../load";
import type { NamedRow, Profile } from "./shapes";

type Kind = "skills" | "groups";
const SHOWN = 12;
const WORDS = {
  skills: {
    title: "skills.title",
    lead: "skills.lead",
    make: "skills.new",
    none: "skills.none",
    cure: "skills.none_cure",
  },
  groups: {
    title: "groups.title",
    lead: "groups.lead",
    make: "groups.new",
    none: "groups.none",
    cure: "groups.none_cure",
  },
} as const;

export const SkillsPage = () => <NamedPage kind="skills" />;
export const GroupsPage = () => <NamedPage kind="groups" />;

function NamedPage({ kind }: { kind: Kind }) {
  const words = WORDS[kind];
  const loaded = useLoad<Record<Kind, NamedRow[]>>(`/api/${kind}`);
  const profiles = useLoad<{ profiles: Profile[] }>("/api/profiles");
  const people = profiles.data.value?.profiles ?? [];
  const save = async (row: NamedRow | null, name: string): Promise<void> => {
    if (row) await patch(`/api/${kind}/${row.id}`, { name, version: row.version });
    else await post(`/api/${kind}`, { name });
    await loaded.reload();
    toast("good", t("people.saved"));
  };
  return (
    <ListPage<NamedRow>
      title={t(words.title)}
      lead={t(words.lead)}
      make={t(words.make)}
      loaded={loaded}
      rows={loaded.data.value?.[kind]}
      icon={kind === "skills" ? "check" : "users"}
      none={t(words.none)}
      cure={t(words.cure)}
      keyOf={({ id }) => id}
      row={(row, acts) => (
        <Row kind={kind} row={row} people={people.filter((one) => has(kind, one, row.id))} acts={acts} />
      )}
      dialog={(row, close) => (
        <NameDialog
          title={t(row ? "named.rename" : words.make)}
          label={t("setup.name")}
          need={t("setup.need_name")}
          go={t("people.save")}
          name={row?.name ?? ""}
          save={(name) => save(row, name).then(close)}
          onClose={close}
        />
      )}
      drop={({ id, name, version }) => ({
        title: t("named.drop_ask", { name }),
        words: t("named.drop_what"),
        go: t("named.drop"),
        work: () => remove(`/api/${kind}/${id}?version=${version}`),
      })}
    />
  );
}

const has = (kind: Kind, profile: Profile, id: string): boolean =>
  kind === "skills" ? id in profile.skills : profile.groups.includes(id);

interface RowProps {
  kind: Kind;
  row: NamedRow;
  people: Profile[];
  acts: Acts;
}

function Row({ kind, row, people, acts }: RowProps) {
  const { id, name } = row;
  return (
    <>
      <div class="stack tight grow">
        <span class="strong">{name}</span>
        {people.length === 0 ? (
          <span class="small muted">{t("named.nobody")}</span>
        ) : (
          <span class="small row wrap">
            {people.slice(0, SHOWN).map((one) => (
              <a key={one.id} href={`/admin/people/${one.id}`}>
                {one.name}
                {kind === "skills" && ` · ${one.skills[id]}`}
              </a>
            ))}
            {people.length > SHOWN && (
              <span class="muted">{t("named.more", { count: people.length - SHOWN })}</span>
            )}
          </span>
        )}
      </div>
      <div class="row">
        <Button small onClick={acts.edit} label={t("named.rename_of", { name })}>
          {t("named.rename")}
        </Button>
        <Button kind="quiet" small icon="trash" label={t("named.drop_of", { name })} onClick={acts.drop} />
      </div>
    </>
  );
}
