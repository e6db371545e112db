// Somebody else was quicker: what they wrote stands beside what was typed here, which stays.

import { ApiError } from "../api";
import { t } from "../i18n";
import { FormProblem } from "../ui/inputs";

/** What is there now, when `failure` is the refusal `id` of a version that is no more. */
export function thereNow<T>(failure: unknown, id: string): { version: number; current: T } | null {
  if (!(failure instanceof ApiError) || failure.id !== id) return null;
  return failure.refusal.details as unknown as { version: number; current: T };
}

const alike = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The fields in which two sets of values differ. */
export function differing<V extends object>(one: V, other: V): (keyof V & string)[] {
  return (Object.keys(one) as (keyof V & string)[]).filter((name) => !alike(one[name], other[name]));
}

/** Mine where I changed what there was, theirs everywhere else. */
export function merged<V extends object>(mine: V, before: V, theirs: V): V {
  return { ...theirs, ...Object.fromEntries(differing(mine, before).map((name) => [name, mine[name]])) };
}

interface Props<V> {
  fields: (keyof V & string)[];
  theirs: V;
  mine: V;
  labelOf: (name: keyof V & string) => string;
  wordsOf: (name: keyof V & string, values: V) => string;
}

/** The `fields` that somebody changed meanwhile. */
export function Differences<V extends object>({ fields, theirs, mine, labelOf, wordsOf }: Props<V>) {
  return (
    <FormProblem words={t("conflict.lead")}>
      <table class="table differences">
        <thead>
          <tr>
            <td />
            <th scope="col">{t("conflict.theirs")}</th>
            <th scope="col">{t("conflict.mine")}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((name) => (
            <tr key={name}>
              <th scope="row">{labelOf(name)}</th>
              <td>{wordsOf(name, theirs) || "–"}</td>
              <td>{wordsOf(name, mine) || "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </FormProblem>
  );
}
