// What a person can do on calls: skills with levels, and the groups they are in.

import { useSignal } from "@preact/signals";
import { put } from "../../api";
import { t } from "../../i18n";
import { toast } from "../../store/toasts";
import { Button } from "../../ui/basics";
import { useForm } from "../../ui/form";
import { FormBox } from "../../ui/formbox";
import { ChecksField } from "../../ui/inputs";
import { Card } from "../../ui/page";
import { useLoad } from "../load";
import type { Known, Levels, NamedRow, Profile } from "../setup/shapes";
import { SkillLevels } from "../setup/skilllevels";

interface Values {
  skills: Levels;
  groups: string[];
}

const NOTHING = { skills: {}, groups: [], version: 0 };

export function Abilities({ id }: { id: string }) {
  const skills = useLoad<{ skills: NamedRow[] }>("/api/skills");
  const groups = useLoad<{ groups: NamedRow[] }>("/api/groups");
  const profiles = useLoad<{ profiles: Profile[] }>("/api/profiles");
  const [all, known] = [profiles.data.value?.profiles, skills.data.value];
  if (!all || !known || !groups.data.value) return <div class="ghost-block" aria-busy />;
  const { skills: levels, groups: mine, version } = all.find((one) => one.id === id) ?? NOTHING;
  return (
    <AbilitiesForm
      id={id}
      known={{ ...known, ...groups.data.value }}
      found={{ skills: levels, groups: mine }}
      version={version}
      again={profiles.reload}
    />
  );
}

interface FormProps {
  id: string;
  known: Known;
  found: Values;
  version: number;
  again: () => Promise<void>;
}

function AbilitiesForm({ id, known, found, version, again }: FormProps) {
  const form = useForm<Values>(found);
  const saved = useSignal({ values: found, version });
  const { values } = form;
  const send = (): Promise<boolean> =>
    form.submit(async (mine) => {
      const made = await put<{ version: number }>(`/api/profiles/${id}`, {
        version: saved.value.version,
        ...mine,
      });
      saved.value = { values: mine, version: made.version };
      await again();
      toast("good", t("people.saved"));
    });
  const same = JSON.stringify(values.value) === JSON.stringify(saved.value.values);
  return (
    <Card title={t("abilities.title")} icon="queue" lead={t("abilities.lead")}>
      <FormBox form={form} send={send}>
        {known.groups.length > 0 && (
          <ChecksField
            form={form}
            name="groups"
            label={t("setup.groups")}
            options={known.groups.map((one) => ({ id: one.id, label: one.name }))}
          />
        )}
        <SkillLevels
          label={t("abilities.skills")}
          problem={form.problems.value.skills}
          skills={known.skills}
          value={values.value.skills}
          set={(skills) => form.set("skills", skills)}
        />
        <div>
          <Button type="submit" disabled={same} busy={form.busy.value}>
            {t("people.save")}
          </Button>
        </div>
      </FormBox>
    </Card>
  );
}
