// What is said of a person: the fields of the form for a new one and for a change.

import { LANGUAGES, t } from "../../i18n";
import type { Team } from "../types";
import type { FormState, Problems } from "../../ui/form";
import { ChecksField, ChoiceField, TextField } from "../../ui/inputs";
import { roleOptions } from "../words";

export interface PersonValues {
  login: string;
  name: string;
  email: string;
  roles: string[];
  language: string;
  team_id: string;
}

export const NOBODY: PersonValues = {
  login: "",
  name: "",
  email: "",
  roles: ["agent"],
  language: "en",
  team_id: "",
};

export function checkPerson(values: PersonValues): Problems {
  return {
    ...(values.name.trim() ? {} : { name: t("people.need_name") }),
    ...(values.login.trim() ? {} : { login: t("people.need_login") }),
    ...(values.roles.length > 0 ? {} : { roles: t("field.roles_missing") }),
  };
}

interface FieldsProps {
  form: FormState<PersonValues>;
  teams: Team[];
  fixedLogin?: boolean;
}

export function PersonFields({ form, teams, fixedLogin }: FieldsProps) {
  return (
    <>
      <TextField
        form={form}
        name="name"
        label={t("people.name")}
        focus={!fixedLogin}
        attributes={{ maxLength: 200 }}
      />
      <div class="pair">
        <TextField
          form={form}
          name="login"
          label={t("people.login")}
          hint={t(fixedLogin ? "people.login_fixed" : "people.login_hint")}
          disabled={fixedLogin ?? false}
          attributes={{ maxLength: 100, autoCapitalize: "none" }}
        />
        <TextField
          form={form}
          name="email"
          label={t("people.email")}
          hint={t("people.email_hint")}
          attributes={{ type: "email", maxLength: 254, autoCapitalize: "none" }}
        />
      </div>
      <div class="pair">
        <ChoiceField
          form={form}
          name="team_id"
          label={t("people.team")}
          options={[
            { id: "", label: t("people.no_team") },
            ...teams.map(({ id, name }) => ({ id, label: name })),
          ]}
        />
        <ChoiceField
          form={form}
          name="language"
          label={t("people.language")}
          options={LANGUAGES.map(({ id, name }) => ({ id, label: name }))}
        />
      </div>
      <ChecksField form={form} name="roles" label={t("people.roles")} options={roleOptions()} />
    </>
  );
}
