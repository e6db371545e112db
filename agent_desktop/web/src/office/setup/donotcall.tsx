// Who must not be called: the list, a number or a range put on it, an entry taken off.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, get, post, remove, wordsFor } from "../../api";
import { formatDate, t } from "../../i18n";
import { complain, toast } from "../../store/toasts";
import { Button, Empty } from "../../ui/basics";
import { useForm } from "../../ui/form";
import { FormProblem, TextField } from "../../ui/inputs";
import { Confirm, Page } from "../../ui/page";
import { may } from "../account";
import type { Forbidden } from "./shapes";

const PATH = "/api/do-not-call";
const PAGE = 100;

export function DoNotCallPage() {
  const rows = useSignal<Forbidden[] | null>(null);
  const more = useSignal(false);
  const failure = useSignal<unknown>(null);
  const dropped = useSignal<Forbidden | null>(null);
  const load = async (after: string): Promise<void> => {
    try {
      const found = await get<Forbidden[]>(`${PATH}?after=${encodeURIComponent(after)}`);
      rows.value = after ? [...(rows.value ?? []), ...found] : found;
      more.value = found.length === PAGE;
      failure.value = null;
    } catch (problem) {
      failure.value = problem;
    }
  };
  useEffect(() => void load(""), []);
  const drop = async (one: Forbidden): Promise<void> => {
    await remove(`${PATH}/${one.id}`);
    rows.value = rows.value?.filter(({ id }) => id !== one.id) ?? null;
    toast("good", t("dnc.off", { number: one.pattern }));
  };
  return (
    <Page narrow title={t("dnc.title")} lead={t("dnc.lead")}>
      {may("do_not_call_add") && (
        <Add
          onAdded={(one) => (rows.value = [one, ...(rows.value ?? []).filter(({ id }) => id !== one.id)])}
        />
      )}
      {failure.value !== null && (
        <Empty icon="alert" title={wordsFor(failure.value)}>
          <Button onClick={() => void load("")}>{t("list.again")}</Button>
        </Empty>
      )}
      {rows.value === null && failure.value === null && <div class="ghost-block tall" aria-busy />}
      {rows.value?.length === 0 && (
        <Empty icon="shield" title={t("dnc.none")}>
          {t("dnc.none_cure")}
        </Empty>
      )}
      {rows.value && rows.value.length > 0 && (
        <List rows={rows.value} onDrop={(one) => (dropped.value = one)} />
      )}
      {more.value && (
        <div>
          <Button small onClick={() => void load(rows.value?.at(-1)?.id ?? "").catch(complain)}>
            {t("list.more")}
          </Button>
        </div>
      )}
      {dropped.value && (
        <Confirm
          title={t("dnc.off_ask", { number: dropped.value.pattern })}
          words={t("dnc.off_what")}
          go={t("dnc.off_go")}
          danger
          work={() => drop(dropped.value as Forbidden)}
          onClose={() => (dropped.value = null)}
        />
      )}
    </Page>
  );
}

function List({ rows, onDrop }: { rows: Forbidden[]; onDrop: (one: Forbidden) => void }) {
  return (
    <div class="datalist">
      <table class="table data" aria-label={t("dnc.title")}>
        <thead>
          <tr>
            <th scope="col">{t("dnc.number")}</th>
            <th scope="col">{t("dnc.reason")}</th>
            <th scope="col" class="extra">
              {t("dnc.since")}
            </th>
            <th scope="col">{t("dnc.until")}</th>
            <th scope="col">
              <span class="sr">{t("dnc.off_go")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td class="figures">{row.pattern}</td>
              <td>{row.reason || <span class="muted">–</span>}</td>
              <td class="extra">{row.added_at && formatDate(row.added_at)}</td>
              <td>{row.expires_at ? formatDate(row.expires_at) : t("dnc.for_ever")}</td>
              <td class="right">
                <Button
                  kind="quiet"
                  small
                  icon="trash"
                  label={t("dnc.off_of", { number: row.pattern })}
                  onClick={() => onDrop(row)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Values {
  number: string;
  reason: string;
  until: string;
}

const EMPTY: Values = { number: "", reason: "", until: "" };

function Add({ onAdded }: { onAdded: (one: Forbidden) => void }) {
  const form = useForm<Values>(EMPTY, ({ number, until }) => ({
    ...(number.trim() ? {} : { number: t("dnc.need_number") }),
    ...(until && new Date(`${until}T23:59:59`) <= new Date() ? { until: t("dnc.past") } : {}),
  }));
  const send = async (): Promise<void> => {
    const done = await form.submit(async ({ number, reason, until }) => {
      const expires_at = until ? new Date(`${until}T23:59:59`).toISOString() : null;
      const made = await post<Forbidden>(PATH, {
        number: number.trim(),
        reason: reason.trim(),
        expires_at,
      }).catch(atNumber);
      onAdded(made);
      toast("good", t("dnc.on", { number: made.pattern }));
    });
    if (!done) return;
    form.values.value = EMPTY;
    form.box.current?.querySelector<HTMLInputElement>("input[name=number]")?.focus();
  };
  return (
    <form ref={form.box} class="panel" noValidate onSubmit={(event) => (event.preventDefault(), void send())}>
      <div class="panel-body stack">
        <FormProblem words={form.problem.value} />
        <div class="pair">
          <TextField
            form={form}
            name="number"
            label={t("dnc.number")}
            hint={t("dnc.number_hint")}
            attributes={{ inputMode: "tel", maxLength: 60 }}
          />
          <TextField
            form={form}
            name="reason"
            label={t("dnc.reason")}
            hint={t("dnc.reason_hint")}
            attributes={{ maxLength: 200 }}
          />
          <TextField
            form={form}
            name="until"
            label={t("dnc.until")}
            hint={t("dnc.until_hint")}
            attributes={{ type: "date" }}
          />
        </div>
        <div>
          <Button type="submit" kind="primary" icon="plus" busy={form.busy.value}>
            {t("dnc.add")}
          </Button>
        </div>
      </div>
    </form>
  );
}

/** What is wrong with a number stands at its field. */
function atNumber(failure: unknown): never {
  if (failure instanceof ApiError && failure.id === "bad_pattern")
    throw new ApiError(failure.status, {
      ...failure.refusal,
      details: { fields: { number: t("dnc.bad_number") } },
    });
  throw failure;
}
