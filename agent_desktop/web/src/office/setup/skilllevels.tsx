// Skills with their levels, to be asked for or had: each a line; another is picked from those there are.

import { t } from "../../i18n";
import { Button } from "../../ui/basics";
import { Problem, Select } from "../../ui/field";
import type { Levels, NamedRow } from "./shapes";

interface Props {
  label: string;
  hint?: string;
  problem?: string | undefined;
  skills: NamedRow[];
  value: Levels;
  set: (value: Levels) => void;
}

const LEVELS = [1, 2, 3, 4, 5];

export const nameIn = (rows: { id: string; name: string }[], id: string): string =>
  rows.find((one) => one.id === id)?.name ?? id;

/** In words, for a comparison. */
export const levelWords = (skills: NamedRow[], value: Levels): string =>
  Object.entries(value)
    .map(([id, level]) => `${nameIn(skills, id)} ${level}`)
    .join(", ");

export function SkillLevels({ label, hint, problem, skills, value, set }: Props) {
  const free = skills.filter(({ id }) => !(id in value));
  const without = (id: string): Levels =>
    Object.fromEntries(Object.entries(value).filter(([each]) => each !== id));
  return (
    <fieldset class="field">
      <legend class="label">{label}</legend>
      {hint && <span class="small muted">{hint}</span>}
      {Object.keys(value).length > 0 && (
        <ul class="levels">
          {Object.entries(value).map(([id, level]) => {
            const name = nameIn(skills, id);
            return (
              <li key={id}>
                <span class="grow truncate">{name}</span>
                <Select
                  label={t("skills.level_of", { name })}
                  value={String(level)}
                  options={LEVELS.map((each) => ({
                    id: String(each),
                    label: t("skills.level", { level: each }),
                  }))}
                  onPick={(picked) => set({ ...value, [id]: Number(picked) })}
                />
                <Button
                  kind="quiet"
                  small
                  icon="close"
                  label={t("skills.take_away", { name })}
                  onClick={() => set(without(id))}
                />
              </li>
            );
          })}
        </ul>
      )}
      {free.length > 0 && (
        <Select
          label={label}
          value=""
          placeholder={t("skills.add")}
          options={free.map(({ id, name }) => ({ id, label: name }))}
          onPick={(id) => set({ ...value, [id]: 3 })}
        />
      )}
      {skills.length === 0 && (
        <a class="small" href="/admin/skills">
          {t("skills.none_yet")}
        </a>
      )}
      <Problem words={problem} />
    </fieldset>
  );
}
