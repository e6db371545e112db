// Skills, and groups: what they are called, who has them or is in them; a new one, another name, away with it.

import { useSignal } from "@preact/signals";
import { patch, post, remove, wordsFor } from "../../api";
import { t } from "../../i18n";
import { toast } from "../../store/toasts";
import { Button, Empty } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { useForm } from "../../ui/form";
import { FormProblem, TextField } from "../../ui/inputs";
import { Confirm, Page } from "../../ui/page";
import { useLoad } from "../load";
import type { NamedRow, Profile } from "./shapes";

type Kind = "skills" | "groups";
const NEW: NamedRow = { id: "", name: "", version: 0 };
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
  const edited = useSignal<NamedRow | null>(null);
  const dropped = useSignal<NamedRow | null>(null);
  const rows = loaded.data.value?.[kind];
  const people = profiles.data.value?.profiles ?? [];
  const create = (
    <Button kind="primary" icon="plus" onClick={() => (edited.value = NEW)}>
      {t(words.make)}
    </Button>
  );
  return (
    <Page narrow title={t(words.title)} lead={t(words.lead)} actions={create}>
      {loaded.failure.value !== null && (
        <Empty icon="alert" title={wordsFor(loaded.failure.value)}>
          <Button onClick={() => void loaded.reload()}>{t("list.again")}</Button>
        </Empty>
      )}
      {!rows && loaded.failure.value === null && <div class="ghost-block tall" aria-busy />}
      {rows?.length === 0 && (
        <Empty icon={kind === "skills" ? "check" : "users"} title={t(words.none)}>
          {t(words.cure)}
        </Empty>
      )}
      {rows && rows.length > 0 && (
        <ul class="panel outcomes" aria-label={t(words.title)}>
          {rows.map((row) => (
            <Row
              key={row.id}
              kind={kind}
              row={row}
              people={people.filter((one) => has(kind, one, row.id))}
              onEdit={() => (edited.value = row)}
              onDrop={() => (dropped.value = row)}
            />
          ))}
        </ul>
      )}
      {edited.value && (
        <NameDialog
          kind={kind}
          row={edited.value}
          onSaved={() => loaded.reload()}
          onClose={() => (edited.value = null)}
        />
      )}
      {dropped.value && (
        <Confirm
          title={t("named.drop_ask", { name: dropped.value.name })}
          words={t("named.drop_what")}
          go={t("named.drop")}
          danger
          work={async () => {
            const { id, version } = dropped.value as NamedRow;
            await remove(`/api/${kind}/${id}?version=${version}`);
            await loaded.reload();
          }}
          onClose={() => (dropped.value = null)}
        />
      )}
    </Page>
  );
}

const has = (kind: Kind, profile: Profile, id: string): boolean =>
  kind === "skills" ? id in profile.skills : profile.groups.includes(id);

interface RowProps {
  kind: Kind;
  row: NamedRow;
  people: Profile[];
  onEdit: () => void;
  onDrop: () => void;
}

function Row({ kind, row, people, onEdit, onDrop }: RowProps) {
  const { id, name } = row;
  return (
    <li>
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
        <Button small onClick={onEdit} label={t("named.rename_of", { name })}>
          {t("named.rename")}
        </Button>
        <Button kind="quiet" small icon="trash" label={t("named.drop_of", { name })} onClick={onDrop} />
      </div>
    </li>
  );
}

interface NameProps {
  kind: Kind;
  row: NamedRow;
  onSaved: () => Promise<void>;
  onClose: () => void;
}

function NameDialog({ kind, row, onSaved, onClose }: NameProps) {
  const form = useForm({ name: row.name }, ({ name }) => (name.trim() ? {} : { name: t("setup.need_name") }));
  const send = (): Promise<boolean> =>
    form.submit(async ({ name }) => {
      if (row.id) await patch(`/api/${kind}/${row.id}`, { name, version: row.version });
      else await post(`/api/${kind}`, { name });
      await onSaved();
      toast("good", t("people.saved"));
      onClose();
    });
  return (
    <Dialog title={t(row.id ? "named.rename" : WORDS[kind].make)} onClose={onClose}>
      <form
        ref={form.box}
        class="stack wide"
        noValidate
        onSubmit={(event) => (event.preventDefault(), void send())}
      >
        <FormProblem words={form.problem.value} />
        <TextField form={form} name="name" label={t("setup.name")} focus attributes={{ maxLength: 200 }} />
        <div class="row dialog-foot">
          <Button onClick={onClose}>{t("dialog.cancel")}</Button>
          <Button type="submit" kind="primary" busy={form.busy.value}>
            {t("people.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
