// Who serves a queue: everyone or some, with which skills, more of them the longer a caller waits; and which numbers
// lead to it.

import type { Signal } from "@preact/signals";
import { t } from "../../i18n";
import type { FormState } from "../../ui/form";
import { ChecksField, RadiosField, TextField } from "../../ui/inputs";
import { Card } from "../../ui/page";
import { Members } from "./members";
import type { Known, QueueValues } from "./shapes";
import { levelWords, nameIn, SkillLevels } from "./skilllevels";
import { Steps, stepWords } from "./steps";

interface Props {
  form: FormState<QueueValues>;
  known: Known;
  names: Signal<Record<string, string>>;
  /** The queue of all numbers that lead nowhere else. */
  main: boolean;
}

export function Serving({ form, known, names, main }: Props) {
  const { who, groups, members, skills, steps } = form.values.value;
  const asked = Object.keys(skills).length > 0;
  const problems = form.problems.value;
  return (
    <>
      <Card title={t("setup.entering")} icon="phone" lead={t("setup.entering_lead")}>
        <TextField
          form={form}
          name="dids"
          label={t("setup.dids")}
          hint={t(main ? "setup.dids_main" : "setup.dids_hint")}
          attributes={{ inputMode: "tel", maxLength: 2000 }}
        />
        <TextField
          form={form}
          name="priority"
          label={t("setup.priority")}
          hint={t("setup.priority_hint")}
          attributes={{ inputMode: "numeric", maxLength: 4, class: "input figures" }}
        />
      </Card>
      <Card title={t("setup.serving")} icon="users" lead={t("setup.serving_lead")}>
        <RadiosField
          form={form}
          name="who"
          label={t("setup.who")}
          options={(["everyone", "some"] as const).map((id) => ({ id, label: t(`setup.${id}`) }))}
        />
        {who === "some" && known.groups.length > 0 && (
          <ChecksField
            form={form}
            name="groups"
            label={t("setup.groups")}
            options={known.groups.map(({ id, name }) => ({ id, label: name }))}
          />
        )}
        {who === "some" && (
          <Members
            value={members}
            names={names}
            problem={problems.members ?? (known.groups.length === 0 ? problems.groups : undefined)}
            set={(value) => form.set("members", value)}
          />
        )}
        <SkillLevels
          label={t("setup.skills")}
          hint={t("setup.skills_hint")}
          problem={problems.skills}
          skills={known.skills}
          value={skills}
          set={(value) => form.set("skills", value)}
        />
        {asked && (
          <RadiosField
            form={form}
            name="evaluation"
            label={t("setup.evaluation")}
            options={(["all", "best", "any"] as const).map((id) => ({
              id,
              label: t(`setup.${id}`),
              about: t(`setup.${id}_about`),
            }))}
          />
        )}
        {(asked ||
          steps.length > 0 ||
          (who === "some" && (groups.length > 0 || known.groups.length > 0))) && (
          <Steps
            steps={steps}
            asked={skills}
            known={known}
            problem={problems.steps}
            set={(value) => form.set("steps", value)}
          />
        )}
      </Card>
    </>
  );
}

/** What a field says of who serves, in words; null for another field. */
export function servingWords(
  name: keyof QueueValues,
  values: QueueValues,
  known: Known,
  names: Record<string, string>,
): string | null {
  if (name === "name" || name === "dids") return values[name];
  if (name === "groups") return values.groups.map((id) => nameIn(known.groups, id)).join(", ");
  if (name === "members") return values.members.map((id) => names[id] ?? id).join(", ");
  if (name === "skills") return levelWords(known.skills, values.skills);
  if (name === "steps") return stepWords(values.steps, known);
  return null;
}
