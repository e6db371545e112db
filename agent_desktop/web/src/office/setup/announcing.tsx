// What a queue tells its callers while they wait: a welcome, their place in the line, how long it may take.

import { t } from "../../i18n";
import type { FormState } from "../../ui/form";
import { ChecksField, ChoiceField, TextField } from "../../ui/inputs";
import { Card } from "../../ui/page";
import type { Choice, QueueValues } from "./shapes";

interface Props {
  form: FormState<QueueValues>;
  announcements: Choice[];
}

export function Announcing({ form, announcements }: Props) {
  const { announced } = form.values.value;
  const figures = announced.length > 0;
  return (
    <Card title={t("setup.announcing")} icon="speaker" lead={t("setup.announcing_lead")}>
      <ChoiceField
        form={form}
        name="welcome"
        label={t("setup.welcome")}
        hint={t("setup.welcome_hint")}
        options={[
          { id: "", label: t("setup.no_welcome") },
          ...announcements.map(({ id, name }) => ({ id, label: name })),
        ]}
      />
      <ChecksField
        form={form}
        name="announced"
        label={t("setup.announced")}
        options={(["position", "wait"] as const).map((id) => ({
          id,
          label: t(`setup.announced_${id}`),
          about: t(`setup.announced_${id}_about`),
        }))}
      />
      {figures && (
        <div class="pair">
          {(["first_seconds", "every_seconds"] as const).map((name) => (
            <TextField
              key={name}
              form={form}
              name={name}
              label={t(`setup.${name}`)}
              hint={t(`setup.${name}_hint`)}
              attributes={{ inputMode: "numeric", maxLength: 4, class: "input figures" }}
            />
          ))}
        </div>
      )}
    </Card>
  );
}

/** What a field says of what is announced, in words; null for another field. */
export function announcingWords(
  name: keyof QueueValues,
  values: QueueValues,
  announcements: Choice[],
): string | null {
  if (name === "welcome")
    return announcements.find(({ id }) => id === values.welcome)?.name ?? t("setup.no_welcome");
  if (name === "announced")
    return values.announced.map((id) => t(`setup.announced_${id as "position" | "wait"}`)).join(", ");
  return name === "first_seconds" || name === "every_seconds" ? values[name] : null;
}
