// What was changed in the set-up, newest first; each is taken back with one click.

import { useSignal } from "@preact/signals";
import { post } from "../../api";
import { formatFull, formatWhen, type Key, t, tryT } from "../../i18n";
import { minute } from "../../store/clock";
import { complain, toast } from "../../store/toasts";
import { Button, Empty, Tag } from "../../ui/basics";
import { Page } from "../../ui/page";
import { type Column, DataTable } from "../../ui/table";
import { may } from "../account";
import { usePages } from "../load";

interface Edit {
  kind: string;
  id: string;
  name: string;
  what: "created" | "changed" | "removed";
  fields: string[];
}

interface Change {
  id: string;
  at: string;
  actor: string;
  actor_name: string;
  undoes: string | null;
  edits: Edit[];
}

export function ChangesPage() {
  const pages = usePages<Change>("/api/setup/changes", "before");
  const busy = useSignal("");
  const undo = async (change: Change): Promise<void> => {
    busy.value = change.id;
    try {
      await post(`/api/setup/changes/${change.id}/undo`);
      toast("good", t("changes.undone"));
      await pages.reload();
    } catch (failure) {
      complain(failure);
    } finally {
      busy.value = "";
    }
  };
  return (
    <Page title={t("changes.title")} lead={t("changes.lead")}>
      <DataTable
        label={t("changes.title")}
        pages={pages}
        columns={columns(busy.value, undo)}
        keyOf={(row) => row.id}
        empty={
          <Empty icon="list" title={t("changes.none")}>
            {t("changes.none_cure")}
          </Empty>
        }
      />
    </Page>
  );
}

function columns(busy: string, undo: (change: Change) => Promise<void>): Column<Change>[] {
  return [
    {
      id: "at",
      label: t("audit.when"),
      cell: (row) => (
        <time dateTime={row.at} title={formatFull(row.at)}>
          {formatWhen(row.at, minute.value)}
        </time>
      ),
    },
    { id: "who", label: t("audit.who"), cell: (row) => row.actor_name },
    {
      id: "what",
      label: t("audit.what"),
      cell: (row) => (
        <span class="stack tight">
          {row.undoes && (
            <span class="row">
              <Tag>{t("changes.takes_back")}</Tag>
            </span>
          )}
          {row.edits.map((one) => (
            <span key={`${one.kind}/${one.id}`}>{editWords(one)}</span>
          ))}
        </span>
      ),
    },
    {
      id: "undo",
      label: <span class="sr">{t("changes.undo")}</span>,
      end: true,
      cell: (row) =>
        may("setup_write") && (
          <Button small busy={busy === row.id} onClick={() => void undo(row)}>
            {t("changes.undo")}
          </Button>
        ),
    },
  ];
}

function editWords({ kind, name, what, fields }: Edit): string {
  const of = t(`changes.${kind}` as Key);
  if (kind === "dispositions") return of;
  const said = t(`changes.${what}`, { kind: of, name });
  const named = fields.map((field) => tryT(`setup.${field}`, field)).join(", ");
  return named ? `${said}: ${named}` : said;
}
