// A new customer for the caller on the line, linked as soon as it is made.

import { type Signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { t } from "../i18n";
import { act, addCustomer, atFields, linkCustomer, pending } from "../store/actions";
import { call, canAsk } from "../store/live";
import type { CustomerCard } from "../types";
import { Button } from "../ui/basics";
import { Field, toProblem, useFocus } from "../ui/field";

interface Form {
  name: string;
  kind: "person" | "company";
  email: string;
}

type Problems = Record<string, string>;

/** The caller's number, when there is one to keep. */
function knownNumber(): string | null {
  const caller = call.value?.caller;
  return caller && !caller.withheld ? caller.number : null;
}

/** The customer made; null when it was refused, with the reasons in `problems`. */
async function make(form: Form, problems: Signal<Problems>): Promise<CustomerCard | null> {
  const name = form.name.trim();
  const email = form.email.trim();
  problems.value = {
    ...(name ? {} : { name: t("identify.need_name") }),
    ...(!email || /^[^\s@]+@[^\s@]+$/.test(email) ? {} : { email: t("identify.bad_email") }),
  };
  if (Object.keys(problems.value).length > 0 || !canAsk.value) return null;
  const number = knownNumber();
  const extra = { ...(number ? { number } : {}), ...(email ? { email } : {}) };
  let made: CustomerCard | null = null;
  await act("create", async () => {
    const sent = addCustomer({ name, kind: form.kind, ...extra });
    made = await atFields(["name", "email"], (fields) => (problems.value = fields), sent);
  });
  return made;
}

export function NewCustomer({ callId, onDone }: { callId: string; onDone: () => void }) {
  const form = useSignal<Form>({ name: call.value?.caller.name ?? "", kind: "person", email: "" });
  const problems = useSignal<Problems>({});
  const number = knownNumber();
  const box = useRef<HTMLFormElement>(null);
  const send = async (): Promise<void> => {
    const made = await make(form.value, problems);
    if (!made) return toProblem(box.current);
    if (await linkCustomer(callId, made)) onDone();
  };
  return (
    <form ref={box} class="stack" noValidate onSubmit={(event) => (event.preventDefault(), void send())}>
      <Kinds form={form} />
      <Text form={form} name="name" label={t("identify.name")} problem={problems.value.name} focus />
      <Text form={form} name="email" label={t("identify.email")} problem={problems.value.email} />
      {number && (
        <p class="small muted">
          {t("identify.with_number", { number: call.value?.caller.display ?? number })}
        </p>
      )}
      <div class="row">
        <Button type="submit" kind="primary" busy={pending.value.has("create")} disabled={!canAsk.value}>
          {t("identify.make")}
        </Button>
        <Button kind="quiet" onClick={onDone}>
          {t("dialog.cancel")}
        </Button>
      </div>
    </form>
  );
}

function Kinds({ form }: { form: Signal<Form> }) {
  return (
    <div class="segments" role="radiogroup" aria-label={t("identify.kind")}>
      {(["person", "company"] as const).map((kind) => (
        <button
          key={kind}
          type="button"
          role="radio"
          aria-checked={form.value.kind === kind}
          onClick={() => (form.value = { ...form.value, kind })}
        >
          {t(`kind.${kind}`)}
        </button>
      ))}
    </div>
  );
}

interface TextProps {
  form: Signal<Form>;
  name: "name" | "email";
  label: string;
  problem: string | undefined;
  focus?: boolean;
}

function Text({ form, name, label, problem, focus }: TextProps) {
  const input = useFocus<HTMLInputElement>(focus ?? false);
  return (
    <Field label={label} problem={problem}>
      {(ids) => (
        <input
          class="input"
          ref={input}
          autoComplete="off"
          value={form.value[name]}
          onInput={(event) => (form.value = { ...form.value, [name]: event.currentTarget.value })}
          {...ids}
        />
      )}
    </Field>
  );
}
