// A person found by name and picked; those who are there already are left out.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "../api";
import { t } from "../i18n";
import type { Paged, StaffPerson } from "./types";

const PAUSE_MS = 200;

interface Props {
  label: string;
  without: readonly string[];
  /** Said beside a person who would be picked. */
  note?: (person: StaffPerson) => string | false | null;
  /** What was typed stays until it is done, so that it can be tried again. */
  onPick: (person: StaffPerson) => Promise<void> | void;
}

export function FindPerson({ label, without, note, onPick }: Props) {
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
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [words.value]);
  const pick = async (person: StaffPerson): Promise<void> => {
    await onPick(person);
    words.value = "";
  };
  const offered = found.value.filter(({ id }) => !without.includes(id));
  return (
    <div class="adder">
      <input
        class="input"
        type="search"
        name="members"
        aria-label={label}
        placeholder={label}
        value={words.value}
        onInput={(event) => (words.value = event.currentTarget.value)}
      />
      {words.value.trim() && (
        <ul class="adder-found">
          {offered.map((person) => (
            <li key={person.id}>
              <button type="button" class="item" onClick={() => void pick(person)}>
                <span class="grow truncate">{person.name}</span>
                {note?.(person) && <span class="small muted">{note(person)}</span>}
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
