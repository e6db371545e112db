// The last calls: who called when, how long they waited, who had them; each leads to what was decided and why.

import { wordsFor } from "../../api";
import { spell } from "../../desk/details";
import { formatFull, formatWhen, t } from "../../i18n";
import { minute } from "../../store/clock";
import { Empty } from "../../ui/basics";
import { Page } from "../../ui/page";
import { type Column, DataTable } from "../../ui/table";
import { usePages } from "../load";
import type { ListedCall } from "./types";
import { endWords } from "./words";

export function CallsPage() {
  const pages = usePages<ListedCall>("/api/calls", "before");
  return (
    <Page title={t("calls.title")} lead={t("calls.lead")}>
      <DataTable
        label={t("calls.title")}
        pages={pages}
        columns={columns()}
        keyOf={(row) => row.id}
        empty={
          <Empty icon="phone" title={pages.failure.value ? wordsFor(pages.failure.value) : t("calls.none")}>
            {t("calls.none_cure")}
          </Empty>
        }
      />
    </Page>
  );
}

const columns = (): Column<ListedCall>[] => [
  {
    id: "at",
    label: t("audit.when"),
    cell: (row) => (
      <a href={`/admin/calls/${row.id}`}>
        <time dateTime={row.at} title={formatFull(row.at)}>
          {formatWhen(row.at, minute.value)}
        </time>
      </a>
    ),
  },
  {
    id: "who",
    label: t("calls.number"),
    cell: (row) => <span class="figures">{row.withheld ? t("caller.withheld") : row.display}</span>,
  },
  { id: "queue", label: t("fact.queue"), extra: true, cell: (row) => row.queue },
  {
    id: "agents",
    label: t("calls.agents"),
    cell: (row) => row.agent_names.join(", ") || <span class="muted">–</span>,
  },
  { id: "end", label: t("calls.end"), extra: true, cell: endWords },
  {
    id: "waited",
    label: t("fact.waited"),
    end: true,
    cell: (row) => (row.waited === null ? <span class="muted">–</span> : spell(row.waited)),
  },
];
