// Who gets back whom: the agent who knows a caller, for a while, and the old place for who calls again soon.

import { type Key, t } from "../../i18n";
import type { FormState } from "../../ui/form";
import { RadiosField, TextField } from "../../ui/inputs";
import { Card } from "../../ui/page";
import { type Count, COUNTS, type QueueValues } from "./shapes";

export const FIRST = ["last_agent", "owner"] as const;

export function Returning({ form }: { form: FormState<QueueValues> }) {
  const { sticky_seconds: last, owner_seconds: owner } = form.values.value;
  return (
    <Card title={t("setup.returning")} icon="users" lead={t("setup.returning_lead")}>
      <div class="pair">
        <Seconds form={form} name="sticky_seconds" />
        <Seconds form={form} name="sticky_days" />
        <Seconds form={form} name="owner_seconds" />
        <Seconds form={form} name="resume_seconds" />
      </div>
      {Number(last) > 0 && Number(owner) > 0 && (
        <RadiosField
          form={form}
          name="first"
          label={t("setup.first")}
          options={FIRST.map((id) => ({ id, label: t(`setup.${id}`) }))}
        />
      )}
    </Card>
  );
}

function Seconds({ form, name }: { form: FormState<QueueValues>; name: Count }) {
  const [min, max] = COUNTS[name];
  const title = t("setup.between", { min, max });
  return (
    <TextField
      form={form}
      name={name}
      label={t(`setup.${name}` as Key)}
      hint={t(`setup.${name}_hint` as Key)}
      attributes={{ inputMode: "numeric", maxLength: 4, class: "input figures", title }}
    />
  );
}
