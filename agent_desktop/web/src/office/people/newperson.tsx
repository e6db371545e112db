// A new person: made with a password that they change at the first sign-in; it is shown once.

import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import { post } from "../../api";
import { t } from "../../i18n";
import type { StaffPerson, Team } from "../types";
import { Button } from "../../ui/basics";
import { useForm } from "../../ui/form";
import { FormProblem } from "../../ui/inputs";
import { Page } from "../../ui/page";
import { account } from "../account";
import { useLoad } from "../load";
import { go } from "../router";
import { useUnsaved } from "../unsaved";
import { checkPerson, NOBODY, PersonFields } from "./form";
import { HandOver } from "./handover";

interface Made {
  person: StaffPerson;
  password: string;
}

export function NewPersonPage() {
  const [nobody] = useState({ ...NOBODY, language: account.value?.language ?? NOBODY.language });
  const form = useForm(nobody, checkPerson);
  const teams = useLoad<{ items: Team[] }>("/api/teams");
  const made = useSignal<Made | null>(null);
  const saved = useUnsaved(form.values, nobody);
  const send = async (): Promise<void> => {
    await form.submit(async (values) => {
      made.value = await post<Made>("/api/people", { ...values, team_id: values.team_id || null });
      saved();
    });
  };
  return (
    <Page
      narrow
      title={t("people.new")}
      lead={t("people.new_lead")}
      back={{ to: "/admin/people", label: t("people.title") }}
    >
      <form
        ref={form.box}
        class="panel form"
        noValidate
        onSubmit={(event) => (event.preventDefault(), void send())}
      >
        <div class="panel-body stack wide">
          <FormProblem words={form.problem.value} />
          <PersonFields form={form} teams={teams.data.value?.items ?? []} />
        </div>
        <footer>
          <a class="btn quiet" href="/admin/people">
            {t("dialog.cancel")}
          </a>
          <Button type="submit" kind="primary" busy={form.busy.value}>
            {t("people.make")}
          </Button>
        </footer>
      </form>
      {made.value && (
        <HandOver
          person={made.value.person}
          password={made.value.password}
          onClose={() => go(`/admin/people/${made.value?.person.id}`)}
        />
      )}
    </Page>
  );
}
