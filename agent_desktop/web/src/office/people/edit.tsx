// Changing a person. When somebody else was quicker, what they wrote is shown beside what was typed here.

import { type Signal, useSignal } from "@preact/signals";
import { patch } from "../../api";
import { LANGUAGES, t } from "../../i18n";
import { toast } from "../../store/toasts";
import type { StaffPerson, Team } from "../types";
import { Button } from "../../ui/basics";
import { useForm } from "../../ui/form";
import { FormProblem } from "../../ui/inputs";
import { may } from "../account";
import { Differences, differing, merged, thereNow } from "../conflict";
import { useUnsaved } from "../unsaved";
import { roleName } from "../words";
import { checkPerson, PersonFields, type PersonValues } from "./form";

type Field = keyof PersonValues;

const valuesOf = (person: StaffPerson): PersonValues => ({
  login: person.login,
  name: person.name,
  email: person.email ?? "",
  roles: [...person.roles].sort(),
  language: person.language,
  team_id: person.team_id ?? "",
});

export function EditPerson({ person, teams }: { person: Signal<StaffPerson>; teams: Team[] }) {
  const form = useForm(valuesOf(person.value), checkPerson);
  const theirs = useSignal<Field[]>([]);
  const base = valuesOf(person.value);
  const mine = sorted(form.values);
  useUnsaved(mine, base);
  const send = (): Promise<boolean> =>
    form.submit(async ({ login: _, ...values }) => {
      const { id, version } = person.value;
      try {
        person.value = await patch<StaffPerson>(`/api/people/${id}`, { ...values, version });
      } catch (failure) {
        const now = thereNow<Partial<StaffPerson>>(failure, "person_changed");
        if (!now) throw failure;
        person.value = { ...person.value, ...now.current, version: now.version };
        theirs.value = differing(valuesOf(person.value), base);
        form.values.value = merged(mine.value, base, valuesOf(person.value));
        return;
      }
      settle();
      toast("good", t("people.saved"));
    });
  const settle = (): void => {
    theirs.value = [];
    form.values.value = valuesOf(person.value);
  };
  const conflict = theirs.value.length > 0;
  const manages = may("user_manage");
  return (
    <form
      ref={form.box}
      class="panel form"
      noValidate
      onSubmit={(event) => (event.preventDefault(), void send())}
    >
      <fieldset class="panel-body stack wide" disabled={!manages}>
        {conflict && (
          <Differences
            fields={theirs.value}
            theirs={base}
            mine={mine.value}
            labelOf={(name) => t(LABELS[name])}
            wordsOf={(name, values) => wordsOf(name, values, teams)}
          />
        )}
        <FormProblem words={form.problem.value} />
        <PersonFields form={form} teams={teams} fixedLogin />
      </fieldset>
      {manages && (
        <footer>
          {conflict && <Button onClick={settle}>{t("conflict.take_theirs")}</Button>}
          <Button
            type="submit"
            kind="primary"
            busy={form.busy.value}
            disabled={differing(mine.value, base).length === 0}
          >
            {t(conflict ? "conflict.keep_mine" : "people.save")}
          </Button>
        </footer>
      )}
    </form>
  );
}

/** The order in which roles were ticked is no change. */
const sorted = (values: Signal<PersonValues>): Signal<PersonValues> =>
  ({ value: { ...values.value, roles: [...values.value.roles].sort() } }) as Signal<PersonValues>;

const LABELS = {
  login: "people.login",
  name: "people.name",
  email: "people.email",
  roles: "people.roles",
  language: "people.language",
  team_id: "people.team",
} as const;

function wordsOf(name: Field, values: PersonValues, teams: Team[]): string {
  if (name === "roles") return values.roles.map(roleName).join(", ");
  if (name === "team_id") return teams.find(({ id }) => id === values.team_id)?.name ?? t("people.no_team");
  if (name === "language") return LANGUAGES.find(({ id }) => id === values.language)?.name ?? values.language;
  return values[name];
}
