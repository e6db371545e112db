// People who serve a queue by name, in order: found by what they are called, moved, taken out.

import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "../../api";
import { t } from "../../i18n";
import { Button } from "../../ui/basics";
import { Icon } from "../../ui/icon";
import type { Paged, StaffPerson } from "../types";

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
                <Button
                  kind="quiet"
                  small
                  icon="up"
                  label={t("outcomes.up", { name })}
                  disabled={at === 0}
                  onClick={() => move(at, -1)}
                />
                <Button
                  kind="quiet"
                  small
                  icon="down"
                  label={t("outcomes.down", { name })}
                  disabled={at === value.length - 1}
                  onClick={() => move(at, 1)}
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
      <FindPerson without={value} onPick={add} />
      {problem && (
        <span class="problem" role="alert">
          <Icon name="alert" />
          {problem}
        </span>
      )}
    </fieldset>
  );
}

/** Found by name; those who are there already are left out. */
function FindPerson({ without, onPick }: { without: string[]; onPick: (person: StaffPerson) => void }) {
  const words = useSignal("");
  const found = useSignal<StaffPerson[]>([]);
  useEffect(() => {
    const query = words.value.trim();
    if (!query) {
      found.value = [];
      return undefined;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      get<Paged<StaffPerson>>(`/api/people?limit=8&q=${encodeURIComponent(query)}`, stop.signal)
        .then(({ items }) => (found.value = items))
        .catch(() => undefined);
    }, 200);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [words.value]);
  const offered = found.value.filter(({ id }) => !without.includes(id));
  return (
    <div class="adder">
      <input
        class="input"
        type="search"
        name="members"
        aria-label={t("setup.add_member")}
        placeholder={t("setup.add_member")}
        value={words.value}
        onInput={(event) => (words.value = event.currentTarget.value)}
      />
      {words.value.trim() && (
        <ul class="adder-found">
          {offered.map((person) => (
            <li key={person.id}>
              <button type="button" class="item" onClick={() => (onPick(person), (words.value = ""))}>
                <span class="grow truncate">{person.name}</span>
                <span class="small muted">{t("teams.add_go")}</span>
              </button>
            </li>
          ))}
          {offered.length === 0 && <li class="small muted">{t("people.none_found")}</li>}
        </ul>
      )}
    </div>
  );
}
