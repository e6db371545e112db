// Where somebody is signed in: device, address, since when, last used; any other place can be signed out.

import { useSignal } from "@preact/signals";
import { remove } from "../api";
import { formatWhen, t, tryT } from "../i18n";
import { useLoad } from "../office/load";
import { minute } from "../store/clock";
import { complain, toast } from "../store/toasts";
import type { SessionRow } from "./types";
import { Button, Empty, Tag } from "../ui/basics";
import { Icon } from "../ui/icon";
import { wordsFor } from "../api";
import { browserOf } from "./device";

/** `path` lists them; one is ended at `path`/id, all others at `path`. */
export function SessionList({ path, others }: { path: string; others: string }) {
  const list = useLoad<{ items: SessionRow[] }>(path);
  const busy = useSignal("");
  const end = async (id: string): Promise<void> => {
    busy.value = id || "all";
    try {
      await remove(id ? `${path}/${id}` : path);
      toast("good", t(id ? "sessions.ended" : "sessions.all_ended"));
      await list.reload();
    } catch (failure) {
      complain(failure);
    } finally {
      busy.value = "";
    }
  };
  if (list.failure.value) return <Empty icon="alert">{wordsFor(list.failure.value)}</Empty>;
  const rows = list.data.value?.items;
  if (!rows) return <div class="ghost-block" aria-busy />;
  if (rows.length === 0) return <p class="small muted">{t("sessions.none")}</p>;
  return (
    <div class="stack">
      <ul class="places">
        {rows.map((row) => (
          <Place key={row.id} row={row} busy={busy.value === row.id} onEnd={() => void end(row.id)} />
        ))}
      </ul>
      {rows.some((row) => !row.current) && rows.length > 1 && (
        <div>
          <Button small icon="out" busy={busy.value === "all"} onClick={() => void end("")}>
            {others}
          </Button>
        </div>
      )}
    </div>
  );
}

function Place({ row, busy, onEnd }: { row: SessionRow; busy: boolean; onEnd: () => void }) {
  const elsewhere = (row.places ?? []).filter((each) => each !== row.ip);
  return (
    <li>
      <Icon name="device" />
      <div class="stack tight grow">
        <span class="strong">{browserOf(row.user_agent)}</span>
        <span class="small muted">
          {[
            row.ip,
            t("sessions.since", { when: formatWhen(row.created_at, minute.value) }),
            t("sessions.seen", { when: formatWhen(row.seen_at, minute.value) }),
            row.method && tryT(`method.${row.method}`, row.method),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
        {elsewhere.length > 0 && (
          <span class="small fg-paused row">
            <Icon name="alert" />
            {t("sessions.moved", { places: elsewhere.join(", ") })}
          </span>
        )}
      </div>
      {row.current ? (
        <Tag tone="ready" icon="check">
          {t("sessions.this")}
        </Tag>
      ) : (
        <Button small busy={busy} onClick={onEnd}>
          {t("sessions.end")}
        </Button>
      )}
    </li>
  );
}
