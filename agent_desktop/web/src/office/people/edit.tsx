// Changing a person. When somebody else was quicker, what they wrote is shown beside what was typed here.

import { type Signal, useSignal } from "@preact/signals";
import { ApiError, patch } from "../../api";
import { LANGUAGES, t } from "../../i18n";
import { toast } from "../../store/toasts";
import type { StaffPerson, Team } from "../types";
import { Button } from "../../ui/basics";
import { useForm } from "../../ui/form";
import { FormProblem } from "../../ui/inputs";
import { may } from "../account";
import { useUnsaved } from "../unsaved";
import { roleName } from "../words";
import { checkPerson, PersonFields, type PersonValues } from "./form";

type Changeable = Omit<PersonValues, "login">;

const valuesOf = (person: StaffPerson): PersonValues => ({
  login: person.login,
  name: person.name,
  email: person.email ?? "",
  roles: [...person.roles].sort(),
  language: person.language,
  team_id: person.team_id ?? "",
});

interface Conflict {
  version: number;
  current: Changeable;
  fields: (keyof Changeable)[];
}

export function EditPerson({ person, teams }: { person: Signal<StaffPerson>; teams: Team[] }) {
  const form = useForm(valuesOf(person.value), checkPerson);
  const conflict = useSignal<Conflict | null>(null);
  const base = valuesOf(person.value);
  useUnsaved(sorted(form.values), base);
  const send = async (version: number): Promise<void> => {
    await form.submit(async ({ login: _, ...values }) => {
      try {
        person.value = await patch<StaffPerson>(`/api/people/${person.value.id}`, { ...values, version });
      } catch (failure) {
        const found = conflictOf(failure, base);
        if (!found) throw failure;
        conflict.value = found;
        return;
      }
      conflict.value = null;
      form.values.value = valuesOf(person.value);
      toast("good", t("people.saved"));
    });
  };
  const takeTheirs = (): void => {
    const theirs = conflict.value;
    if (!theirs) return;
    person.value = { ...person.value, ...theirs.current, version: theirs.version };
    form.values.value = valuesOf(person.value);
    conflict.value = null;
  };
  const manages = may("user_manage");
  const dirty = JSON.stringify(sorted(form.values).value) !== JSON.stringify(base);
  return (
    <form
      ref={form.box}
      class="panel form"
      noValidate
      onSubmit={(event) => (
        event.preventDefault(),
        void send(conflict.value?.version ?? person.value.version)
      )}
    >
      <fieldset class="panel-body stack wide" disabled={!manages}>
        {conflict.value && <Differences conflict={conflict.value} mine={form.values.value} teams={teams} />}
        <FormProblem words={form.problem.value} />
        <PersonFields form={form} teams={teams} fixedLogin />
      </fieldset>
      {manages && (
        <footer>
          {conflict.value && <Button onClick={takeTheirs}>{t("conflict.take_theirs")}</Button>}
          <Button type="submit" kind="primary" busy={form.busy.value} disabled={!dirty && !conflict.value}>
            {t(conflict.value ? "conflict.keep_mine" : "people.save")}
          </Button>
        </footer>
      )}
    </form>
  );
}

/** The order in which roles were ticked is no change. */
const sorted = (values: Signal<PersonValues>): Signal<PersonValues> =>
  ({ value: { ...values.value, roles: [...values.value.roles].sort() } }) as Signal<PersonValues>;

function conflictOf(failure: unknown, base: PersonValues): Conflict | null {
  if (!(failure instanceof ApiError) || failure.id !== "person_changed") return null;
  const { version, current } = failure.refusal.details as unknown as {
    version: number;
    current: Record<keyof Changeable, string | string[] | null>;
  };
  const theirs: Changeable = {
    name: String(current.name),
    email: String(current.email ?? ""),
    roles: [...(current.roles as string[])].sort(),
    language: String(current.language),
    team_id: String(current.team_id ?? ""),
  };
  const fields = (Object.keys(theirs) as (keyof Changeable)[]).filter(
    (name) => JSON.stringify(theirs[name]) !== JSON.stringify(base[name]),
  );
  return { version, current: theirs, fields };
}

const LABELS = {
  name: "people.name",
  email: "people.email",
  roles: "people.roles",
  language: "people.language",
  team_id: "people.team",
} as const;

function Differences({ conflict, mine, teams }: { conflict: Conflict; mine: PersonValues; teams: Team[] }) {
  const words = (name: keyof Changeable, values: Changeable): string => {
    if (name === "roles") return values.roles.map(roleName).join(", ");
    if (name === "team_id") return teams.find(({ id }) => id === values.team_id)?.name ?? t("people.no_team");
    if (name === "language")
      return LANGUAGES.find(({ id }) => id === values.language)?.name ?? values.language;
    return values[name] || "–";
  };
  return (
    <FormProblem words={t("conflict.lead")}>
      <table class="table differences">
        <thead>
          <tr>
            <td />
            <th scope="col">{t("conflict.theirs")}</th>
            <th scope="col">{t("conflict.mine")}</th>
          </tr>
        </thead>
        <tbody>
          {conflict.fields.map((name) => (
            <tr key={name}>
              <th scope="row">{t(LABELS[name])}</th>
              <td>{words(name, conflict.current)}</td>
              <td>{words(name, mine)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </FormProblem>
  );
}
