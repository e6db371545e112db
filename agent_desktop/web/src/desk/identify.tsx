// The caller is not surely known: choose among those it may be, search, or make a new customer.

import { useSignal } from "@preact/signals";
import { ApiError } from "../api";
import { nameOf, t } from "../i18n";
import { act, addCustomer, linkCustomer, pending } from "../store/actions";
import { call, canAsk } from "../store/live";
import { openCustomer } from "../store/work";
import type { CustomerCard, Match } from "../types";
import { Avatar, Button } from "../ui/basics";
import { Field } from "../ui/field";
import { Section } from "./context";
import { CustomerSearch } from "./search";

interface IdentifyProps {
  callId: string;
  candidates: CustomerCard[];
  match: Match | null;
}

export function Identify({ callId, candidates, match }: IdentifyProps) {
  const making = useSignal(false);
  return (
    <>
      {candidates.length > 0 && (
        <Section title={t("identify.maybe", { count: candidates.length })}>
          <p class="small soft hint-line">{t("identify.maybe_help")}</p>
          <ul class="list cards">
            {candidates.map((each) => (
              <Candidate key={each.id} customer={each} callId={callId} />
            ))}
          </ul>
        </Section>
      )}
      <Section title={t(match === "withheld" ? "identify.withheld" : candidates.length ? "identify.other" : "identify.unknown")}>
        {making.value ? (
          <NewCustomer callId={callId} onDone={() => (making.value = false)} />
        ) : (
          <div class="stack">
            <CustomerSearch compact onPick={(found) => void linkCustomer(callId, found)} />
            <Button icon="plus" disabled={!canAsk.value} onClick={() => (making.value = true)}>
              {t("identify.new")}
            </Button>
          </div>
        )}
      </Section>
    </>
  );
}

function Candidate({ customer, callId }: { customer: CustomerCard; callId: string }) {
  const place = [customer.company, customer.city, nameOf("region", customer.country)].filter(Boolean).join(" · ");
  return (
    <li class="candidate">
      <div class="row">
        <Avatar name={customer.name} />
        <span class="stack tight grow">
          <span class="strong truncate">{customer.name}</span>
          <span class="small muted truncate">{place}</span>
        </span>
      </div>
      <div class="row">
        <Button small kind="primary" icon="link" busy={pending.value.has("link")} disabled={!canAsk.value} onClick={() => void linkCustomer(callId, customer)}>
          {t("identify.choose")}
        </Button>
        <Button small kind="quiet" disabled={!canAsk.value} onClick={() => void openCustomer(customer)}>
          {t("identify.look")}
        </Button>
      </div>
    </li>
  );
}

function NewCustomer({ callId, onDone }: { callId: string; onDone: () => void }) {
  const form = useSignal({ name: call.value?.caller.name ?? "", kind: "person", email: "" });
  const problems = useSignal<Record<string, string>>({});
  const number = call.value?.caller.withheld ? null : (call.value?.caller.number ?? null);
  const send = async (): Promise<void> => {
    problems.value = form.value.name.trim() ? {} : { name: t("identify.need_name") };
    if (problems.value.name || !canAsk.value) return;
    let made: CustomerCard | null = null;
    const body = { name: form.value.name.trim(), kind: form.value.kind, ...(number ? { number } : {}), ...(form.value.email ? { email: form.value.email } : {}) };
    await act("create", async () => {
      try {
        made = await addCustomer(body);
      } catch (failure) {
        if (failure instanceof ApiError) problems.value = failure.fields;
        throw failure;
      }
    });
    if (made && (await linkCustomer(callId, made))) onDone();
  };
  return (
    <form class="stack" noValidate onSubmit={(event) => (event.preventDefault(), void send())}>
      <div class="segments" role="radiogroup" aria-label={t("identify.kind")}>
        {(["person", "company"] as const).map((kind) => (
          <button key={kind} type="button" role="radio" aria-checked={form.value.kind === kind} onClick={() => (form.value = { ...form.value, kind })}>
            {t(`kind.${kind}`)}
          </button>
        ))}
      </div>
      <Field label={t("identify.name")} problem={problems.value.name}>
        {(ids) => <input class="input" autoFocus autoComplete="off" value={form.value.name} onInput={(event) => (form.value = { ...form.value, name: event.currentTarget.value })} {...ids} />}
      </Field>
      <Field label={t("identify.email")} problem={problems.value.email}>
        {(ids) => <input class="input" type="email" autoComplete="off" value={form.value.email} onInput={(event) => (form.value = { ...form.value, email: event.currentTarget.value })} {...ids} />}
      </Field>
      {number && <p class="small muted">{t("identify.with_number", { number: call.value?.caller.display ?? number })}</p>}
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
