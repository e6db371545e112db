// Outcomes of a call: their order, their digit, what they mean to the rules. Each change is saved at once.

import { useSignal } from "@preact/signals";
import { ApiError, put } from "../../api";
import { t, tryT } from "../../i18n";
import { dispositionWords } from "../../desk/words";
import { complain, toast } from "../../store/toasts";
import { Button, Tag } from "../../ui/basics";
import { MoveButtons } from "../../ui/order";
import { Confirm, Page } from "../../ui/page";
import { thereNow } from "../conflict";
import { Listed, Maker } from "../listpage";
import { useLoad } from "../load";
import { OutcomeDialog } from "./outcome";
import { type Outcome, type Outcomes, type QueueSettings, sameOutcome, type Work } from "./shapes";

const PATH = "/api/dispositions";
const NEW: Outcome = { id: "", label: "", key: "", flags: ["completed"], labels: {}, queues: [] };

export function OutcomesPage() {
  const loaded = useLoad<Outcomes>(PATH);
  const queues = useLoad<{ queues: QueueSettings[] }>("/api/queues");
  const edited = useSignal<Outcome | null>(null);
  const dropped = useSignal<Outcome | null>(null);
  const rows = loaded.data.value?.dispositions;
  /**
   * Made again on what is there now, when somebody else was quicker, or with another id, when one that was removed had
   * it; false when `work` does not go with that.
   */
  const change = async (work: Work): Promise<boolean> => {
    let used: string[] = [];
    for (let now = loaded.data.value; now; now = loaded.data.value) {
      const dispositions = work(now.dispositions, used);
      if (!dispositions) return false;
      try {
        const { version } = await put<{ version: number }>(PATH, { version: now.version, dispositions });
        loaded.data.value = { version, dispositions };
        return true;
      } catch (failure) {
        const there = thereNow<Outcome[]>(failure, "dispositions_changed");
        const removed = used.length > 0 ? null : removedIds(failure);
        if (there) loaded.data.value = { version: there.version, dispositions: there.current };
        else if (removed) used = removed;
        else throw failure;
      }
    }
    return false;
  };
  const move = (id: string, step: -1 | 1): void => void change((now) => moved(now, id, step)).catch(complain);
  const drop = async (asked: Outcome): Promise<void> => {
    const done = await change((now) => {
      const there = now.find(({ id }) => id === asked.id);
      return there && !sameOutcome(there, asked) ? null : now.filter((one) => one !== there);
    });
    if (done) toast("good", t("outcomes.dropped"));
    else toast("bad", t("error.dispositions_changed"));
  };
  const create = <Maker words={t("outcomes.new")} onMake={() => (edited.value = NEW)} />;
  return (
    <Page narrow title={t("outcomes.title")} lead={t("outcomes.lead")} actions={create}>
      <Listed
        loaded={loaded}
        rows={rows}
        icon="wrap"
        none={t("outcomes.none")}
        cure={t("outcomes.none_cure")}
      >
        {(rows) => (
          <ul class="panel outcomes" aria-label={t("outcomes.title")}>
            {rows.map((row, place) => (
              <Row
                key={row.id}
                row={row}
                queues={queues.data.value?.queues ?? []}
                first={place === 0}
                last={place === rows.length - 1}
                onEdit={() => (edited.value = row)}
                onDrop={rows.length > 1 ? () => (dropped.value = row) : undefined}
                onMove={(step) => move(row.id, step)}
              />
            ))}
          </ul>
        )}
      </Listed>
      {edited.value && (
        <OutcomeDialog
          outcome={edited.value}
          all={rows ?? []}
          queues={queues.data.value?.queues ?? []}
          change={change}
          onClose={() => (edited.value = null)}
        />
      )}
      {dropped.value && (
        <Confirm
          title={t("outcomes.drop_ask", { name: named(dropped.value) })}
          words={t("outcomes.drop_what")}
          go={t("outcomes.drop")}
          danger
          work={() => drop(dropped.value as Outcome)}
          onClose={() => (dropped.value = null)}
        />
      )}
    </Page>
  );
}

/** The ids that removed outcomes had, when `failure` is that one of them was wanted. */
function removedIds(failure: unknown): string[] | null {
  if (!(failure instanceof ApiError) || failure.id !== "outcome_id_used") return null;
  return (failure.refusal.details as { used?: string[] }).used ?? null;
}

const named = (one: Outcome): string => dispositionWords(one.label, one.labels);

function moved(now: Outcome[], id: string, step: -1 | 1): Outcome[] {
  const at = now.findIndex((one) => one.id === id);
  const [one] = now.slice(at, at + 1);
  const rest = now.filter((each) => each.id !== id);
  return one ? [...rest.slice(0, at + step), one, ...rest.slice(at + step)] : now;
}

interface RowProps {
  row: Outcome;
  queues: QueueSettings[];
  first: boolean;
  last: boolean;
  onEdit: () => void;
  onDrop: (() => void) | undefined;
  onMove: (step: -1 | 1) => void;
}

function Row({ row, queues, first, last, onEdit, onDrop, onMove }: RowProps) {
  const name = named(row);
  const where = row.queues.map((id) => queues.find((one) => one.id === id)?.name ?? id).join(", ");
  return (
    <li>
      <span class="digit">{row.key ? <kbd>{row.key}</kbd> : <span class="muted">–</span>}</span>
      <div class="stack tight grow">
        <span class="strong">{name}</span>
        <span class="row wrap">
          {row.flags.map((flag) => (
            <Tag key={flag}>{tryT(`flag.${flag}`, flag)}</Tag>
          ))}
          {where && <span class="small muted">{t("outcomes.only_in", { queues: where })}</span>}
        </span>
      </div>
      <div class="row">
        <MoveButtons name={name} first={first} last={last} onMove={onMove} />
        <Button small onClick={onEdit} label={t("outcomes.edit_of", { name })}>
          {t("outcomes.edit")}
        </Button>
        <Button
          kind="quiet"
          small
          icon="trash"
          label={t("outcomes.drop_of", { name })}
          disabled={!onDrop}
          onClick={() => onDrop?.()}
        />
      </div>
    </li>
  );
}
