// The page of one thing of the set-up that has a version: saved with what changed, removed after a question; where
// somebody else was quicker, what was typed stays and theirs can be taken.

import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { patch, remove } from "../../api";
import { t } from "../../i18n";
import { toast } from "../../store/toasts";
import { Button } from "../../ui/basics";
import { type FormState, type Problems, useForm } from "../../ui/form";
import { FormBox } from "../../ui/formbox";
import { FormProblem } from "../../ui/inputs";
import { Confirm, Page } from "../../ui/page";
import { thereNow } from "../conflict";
import { go } from "../router";
import { useUnsaved } from "../unsaved";

interface Versioned {
  id: string;
  name: string;
  version: number;
}

interface Props<R extends Versioned, V extends { name: string }> {
  found: R;
  /** Where the server has it, and the list of its kind. */
  path: string;
  back: { to: string; label: string };
  lead: string;
  valuesOf: (row: R) => V;
  check: (values: V) => Problems;
  drop: { words: string; ask: string; what: string };
  children: (form: FormState<V>) => ComponentChildren;
}

export function Editing<R extends Versioned, V extends { name: string }>(props: Props<R, V>) {
  const { found, path, back, lead, valuesOf, check, drop, children } = props;
  const saved = useSignal(found);
  const theirs = useSignal<R | null>(null);
  const removing = useSignal(false);
  const form = useForm<V>(valuesOf(found), check);
  const base = valuesOf(saved.value);
  const left = useUnsaved(form.values, base);
  const same = JSON.stringify(form.values.value) === JSON.stringify(base);
  const send = (): Promise<boolean> =>
    form.submit(async (mine) => {
      try {
        const made = await patch<{ version: number }>(path, { ...mine, version: saved.value.version });
        saved.value = { ...saved.value, ...mine, version: made.version };
        theirs.value = null;
      } catch (failure) {
        const now = thereNow<R>(failure, "setup_changed");
        if (!now) throw failure;
        theirs.value = now.current;
        saved.value = { ...saved.value, version: now.version };
        return;
      }
      toast("good", t("people.saved"));
    });
  const take = (row: R): void => {
    saved.value = row;
    form.values.value = valuesOf(row);
    theirs.value = null;
  };
  return (
    <Page
      narrow
      title={saved.value.name}
      lead={lead}
      back={back}
      actions={<Dropper words={drop.words} removing={removing} />}
    >
      <FormBox form={form} send={send}>
        {children(form)}
        {theirs.value && <FormProblem words={t("hours.changed_meanwhile")} />}
        <div class="row savebar">
          {theirs.value && (
            <Button onClick={() => theirs.value && take(theirs.value)}>{t("conflict.take_theirs")}</Button>
          )}
          <Button type="submit" kind="primary" busy={form.busy.value} disabled={same && !theirs.value}>
            {t(theirs.value ? "conflict.keep_mine" : "people.save")}
          </Button>
          <span class="small muted" role="status">
            {t("hours.takes_effect")}
          </span>
        </div>
      </FormBox>
      {removing.value && (
        <Confirm
          title={drop.ask}
          words={drop.what}
          go={drop.words}
          danger
          work={async () => {
            await remove(`${path}?version=${saved.value.version}`);
            left();
            go(back.to);
          }}
          onClose={() => (removing.value = false)}
        />
      )}
    </Page>
  );
}

function Dropper({ words, removing }: { words: string; removing: Signal<boolean> }) {
  return (
    <Button kind="quiet" icon="trash" onClick={() => (removing.value = true)}>
      {words}
    </Button>
  );
}
