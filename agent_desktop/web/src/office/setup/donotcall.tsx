// Who must not be called: the list, searched and by pages, a number or a range put on it, an entry taken off.

import { useSignal } from "@preact/signals";
import { ApiError, post, remove } from "../../api";
import { formatDate, t } from "../../i18n";
import { toast } from "../../store/toasts";
import { Button, Empty } from "../../ui/basics";
import { useForm } from "../../ui/form";
import { FormProblem, TextField } from "../../ui/inputs";
import { Confirm, Page } from "../../ui/page";
import { type Column, DataTable } from "../../ui/table";
import { may } from "../account";
import { Finder } from "../finder";
import { usePages } from "../load";
import { place } from "../router";
import type { Forbidden } from "./shapes";

const PATH = "/api/do-not-call";

export function DoNotCallPage() {
  const words = place.value.query.get("q") ?? "";
  const pages = usePages<Forbidden>(words ? `${PATH}?${new URLSearchParams({ q: words })}` : PATH, "after");
  const dropped = useSignal<Forbidden | null>(null);
  const without = (id: string): Forbidden[] => (pages.rows.value ?? []).filter((one) => one.id !== id);
  const drop = async (one: Forbidden): Promise<void> => {
    await remove(`${PATH}/${one.id}`);
    pages.rows.value = without(one.id);
    toast("good", t("dnc.off", { number: one.pattern }));
  };
  return (
    <Page narrow title={t("dnc.title")} lead={t("dnc.lead")}>
      {may("do_not_call_add") && <Add onAdded={(one) => (pages.rows.value = [one, ...without(one.id)])} />}
      <div class="filterbar" role="search">
        <Finder label={t("dnc.search")} />
      </div>
      <DataTable
        label={t("dnc.title")}
        pages={pages}
        columns={columns((one) => (dropped.value = one))}
        keyOf={(row) => row.id}
        empty={
          <Empty icon="shield" title={t(words ? "dnc.none_found" : "dnc.none")}>
            {words ? <a href="/admin/do-not-call">{t("list.clear")}</a> : t("dnc.none_cure")}
          </Empty>
        }
      />
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

function columns(onDrop: (one: Forbidden) => void): Column<Forbidden>[] {
  return [
    { id: "number", label: t("dnc.number"), cell: (row) => <span class="figures">{row.pattern}</span> },
    { id: "reason", label: t("dnc.reason"), cell: (row) => row.reason || <span class="muted">–</span> },
    {
      id: "since",
      label: t("dnc.since"),
      extra: true,
      cell: (row) => row.added_at && formatDate(row.added_at),
    },
    {
      id: "until",
      label: t("dnc.until"),
      cell: (row) => (row.expires_at ? formatDate(row.expires_at) : t("dnc.for_ever")),
    },
    {
      id: "drop",
      label: <span class="sr">{t("dnc.off_go")}</span>,
      end: true,
      cell: (row) => (
        <Button
          kind="quiet"
          small
          icon="trash"
          label={t("dnc.off_of", { number: row.pattern })}
          onClick={() => onDrop(row)}
        />
      ),
    },
  ];
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
