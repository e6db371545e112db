// People who serve a queue by name, in order: found by what they are called, moved, taken out.

import type { Signal } from "@preact/signals";
import { t } from "../../i18n";
import { Button } from "../../ui/basics";
import { Problem } from "../../ui/field";
import { MoveButtons } from "../../ui/order";
import { FindPerson } from "../findperson";
import type { StaffPerson } from "../types";

interface Props {
  value: string[];
  /** Names by id, as far as they are known; whoever is found is added. */
  names: Signal<Record<string, string>>;
  problem: string | undefined;
  set: (value: string[]) => void;
}

export function Members({ value, names, problem, set }: Props) {
  const move = (at: number, step: -1 | 1): void => {
    const rest = value.filter((_, place) => place !== at);
    set([...rest.slice(0, at + step), value[at] as string, ...rest.slice(at + step)]);
  };
  const add = (person: StaffPerson): void => {
    names.value = { ...names.value, [person.id]: person.name };
    set([...value, person.id]);
  };
  return (
    <fieldset class="field">
      <legend class="label">{t("setup.members")}</legend>
      <span class="small muted">{t("setup.members_hint")}</span>
      {value.length > 0 && (
        <ol class="levels">
          {value.map((id, at) => {
            const name = names.value[id] ?? id;
            return (
              <li key={id}>
                <span class="grow truncate">{name}</span>
                <MoveButtons
                  name={name}
                  first={at === 0}
                  last={at === value.length - 1}
                  onMove={(step) => move(at, step)}
                />
                <Button
                  kind="quiet"
                  small
                  icon="close"
                  label={t("setup.take_member", { name })}
                  onClick={() => set(value.filter((each) => each !== id))}
                />
              </li>
            );
          })}
        </ol>
      )}
      <FindPerson label={t("setup.add_member")} without={value} onPick={add} />
      <Problem words={problem} />
    </fieldset>
  );
}
