// A page that lists what there is: each row is changed and made in a dialog, and taken away after a question.

import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { wordsFor } from "../api";
import { t } from "../i18n";
import { Button, Empty } from "../ui/basics";
import { useForm } from "../ui/form";
import { DialogForm } from "../ui/formbox";
import type { IconName } from "../ui/icon";
import { TextField } from "../ui/inputs";
import { Confirm, Page } from "../ui/page";
import type { Loaded } from "./load";

interface ListedProps<T> {
  loaded: Loaded<unknown>;
  rows: readonly T[] | undefined;
  icon: IconName;
  none: string;
  cure: string;
  children: (rows: readonly T[]) => ComponentChildren;
}

/** What was loaded; before that its ghost, or why it is not there; where there is none, what belongs here. */
export function Listed<T>({ loaded, rows, icon, none, cure, children }: ListedProps<T>) {
  if (loaded.failure.value !== null)
    return (
      <Empty icon="alert" title={wordsFor(loaded.failure.value)}>
        <Button onClick={() => void loaded.reload()}>{t("list.again")}</Button>
      </Empty>
    );
  if (!rows) return <div class="ghost-block tall" aria-busy />;
  if (rows.length === 0)
    return (
      <Empty icon={icon} title={none}>
        {cure}
      </Empty>
    );
  return <>{children(rows)}</>;
}

/** What can be done with a row, for its buttons. */
export interface Acts {
  edit: () => void;
  drop: () => void;
}

interface Question {
  title: string;
  words: string;
  go: string;
  /** Takes it away; the list is loaded anew afterwards. */
  work: () => Promise<unknown>;
}

interface ListPageProps<T> extends Omit<ListedProps<T>, "children"> {
  title: string;
  lead: string;
  make: string;
  keyOf: (row: T) => string;
  row: (row: T, acts: Acts) => ComponentChildren;
  /** The dialog for a row that is there, or for a new one: null. */
  dialog: (row: T | null, close: () => void) => ComponentChildren;
  drop: (row: T) => Question;
}

export function ListPage<T>(props: ListPageProps<T>) {
  const { title, lead, make, keyOf, row, dialog, drop, ...listed } = props;
  const edited = useSignal<{ row: T | null } | null>(null);
  const dropped = useSignal<T | null>(null);
  return (
    <Page
      narrow
      title={title}
      lead={lead}
      actions={<Maker words={make} onMake={() => (edited.value = { row: null })} />}
    >
      <Listed {...listed}>
        {(rows) => (
          <ul class="panel outcomes" aria-label={title}>
            {rows.map((one) => (
              <li key={keyOf(one)}>
                {row(one, {
                  edit: () => (edited.value = { row: one }),
                  drop: () => (dropped.value = one),
                })}
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {edited.value && dialog(edited.value.row, () => (edited.value = null))}
      {dropped.value && (
        <Asked question={drop(dropped.value)} loaded={listed.loaded} dropped={dropped as Signal<unknown>} />
      )}
    </Page>
  );
}

interface AskedProps {
  question: Question;
  loaded: Loaded<unknown>;
  dropped: Signal<unknown>;
}

function Asked({ question, loaded, dropped }: AskedProps) {
  const { work, ...words } = question;
  return (
    <Confirm
      {...words}
      danger
      work={async () => {
        await work();
        await loaded.reload();
      }}
      onClose={() => (dropped.value = null)}
    />
  );
}

/** The button of a list's head that makes another. */
export function Maker({ words, onMake }: { words: string; onMake: () => void }) {
  return (
    <Button kind="primary" icon="plus" onClick={onMake}>
      {words}
    </Button>
  );
}

interface NameProps {
  title: string;
  label: string;
  /** Said at the field when it is empty. */
  need: string;
  go: string;
  name?: string;
  most?: number;
  /** Sends the name; what closes the dialog is its own. */
  save: (name: string) => Promise<void>;
  onClose: () => void;
}

/** A dialog that asks for a name alone. */
export function NameDialog({ title, label, need, go, name = "", most = 200, save, onClose }: NameProps) {
  const form = useForm({ name }, (values) => (values.name.trim() ? {} : { name: need }));
  const send = (): Promise<boolean> => form.submit((values) => save(values.name));
  return (
    <DialogForm title={title} form={form} send={send} go={go} onClose={onClose}>
      <TextField form={form} name="name" label={label} focus attributes={{ maxLength: most }} />
    </DialogForm>
  );
}
