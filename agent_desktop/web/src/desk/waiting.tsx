// Who waits, in the order in which they are served; each can be picked by whoever may.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { wordsFor } from "../api";
import { t } from "../i18n";
import { pickCaller } from "../store/actions";
import { clockFace, tick } from "../store/clock";
import { desk } from "../store/live";
import { pickBlock, type Shown, steady, waiting, waitingRows } from "../store/waiting";
import type { WaitingRow } from "../types";
import { Button, Empty, Tag, Timer } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { FormProblem } from "../ui/inputs";
import { closeDialog } from "./uistate";
import { LEVEL_TONE, wordFor } from "./words";

/** Expected waits of fewer seconds than this are none. */
const WORTH = 5;

export function WaitingDialog() {
  const list = useRef<HTMLOListElement>(null);
  const pointed = useSignal(false);
  /** The caller whose button has the focus. */
  const focused = useSignal<string | null>(null);
  const busy = useSignal("");
  const refused = useSignal("");
  const last = useRef<Shown[]>([]);
  const held = pointed.value || focused.value !== null;
  const shown = (last.current = steady(last.current, waitingRows.value, held));
  const total = waiting.value?.total ?? 0;
  const block = pickBlock.value;
  const pick = async (id: string): Promise<void> => {
    if (busy.value) return;
    [busy.value, refused.value] = [id, ""];
    try {
      await pickCaller(id);
      closeDialog();
    } catch (failure) {
      refused.value = wordsFor(failure);
    } finally {
      busy.value = "";
    }
  };
  /** Not when the button was taken away under the focus, or another window came before this one. */
  const letGo = (): void => {
    const there = list.current?.querySelector(`[data-call="${CSS.escape(focused.value ?? "")}"] button`);
    if (there && document.hasFocus() && !list.current?.contains(document.activeElement)) focused.value = null;
  };
  const begun = useRef(false);
  useEffect(() => {
    const [first] = buttonsOf(list.current);
    if (begun.current || !first) return;
    begun.current = true;
    first.focus();
  });
  useEffect(() => {
    if (focused.value !== null && !list.current?.contains(document.activeElement))
      focused.value = goOn(list.current, focused.value);
  });
  return (
    <Dialog still title={t("waiting.title")} onClose={closeDialog}>
      {shown.length === 0 ? (
        <Empty icon="queue" title={t("waiting.none")}>
          {t("waiting.none_more")}
        </Empty>
      ) : (
        <ol
          class="waiting"
          ref={list}
          aria-label={t("waiting.title")}
          onPointerEnter={() => (pointed.value = true)}
          onPointerLeave={() => (pointed.value = false)}
          onFocusIn={(event) => (focused.value = callOf(event.target))}
          onFocusOut={() => setTimeout(letGo)}
          onKeyDown={(event) => step(list.current, event)}
        >
          {shown.map(({ row, gone }) => (
            <Row
              key={row.id}
              row={row}
              gone={gone}
              blocked={block !== null}
              busy={busy.value === row.id}
              onPick={() => void pick(row.id)}
            />
          ))}
        </ol>
      )}
      <div class="waiting-foot">
        {total > shown.length && shown.length > 0 && (
          <p class="small muted">{t("waiting.first", { count: shown.length, total })}</p>
        )}
        {block && (
          <p class="notice" role="status">
            <Icon name="alert" />
            {t(`waiting.${block}`)}
          </p>
        )}
        <FormProblem words={refused.value} />
      </div>
    </Dialog>
  );
}

const buttonsOf = (list: HTMLElement | null): HTMLElement[] => [
  ...(list?.querySelectorAll<HTMLElement>("button:not(:disabled)") ?? []),
];

const callOf = (element: EventTarget | null): string | null =>
  element instanceof Element ? (element.closest<HTMLElement>("[data-call]")?.dataset.call ?? null) : null;

/** The button under the focus has gone with its caller: on to the one behind, or before; whose that is. */
function goOn(list: HTMLElement | null, id: string): string | null {
  const buttons = buttonsOf(list);
  const there = list?.querySelector(`[data-call="${CSS.escape(id)}"]`);
  const behind = buttons.find(
    (each) => there && there.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  const next = behind ?? buttons.at(-1);
  next?.focus();
  return callOf(next ?? null);
}

/** The arrow keys go from one caller who can be picked to the next. */
function step(list: HTMLElement | null, event: KeyboardEvent): void {
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!way || !list) return;
  const buttons = buttonsOf(list);
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  buttons[Math.min(buttons.length - 1, Math.max(0, at + way))]?.focus();
  event.preventDefault();
}

interface RowProps {
  row: WaitingRow;
  gone: boolean;
  blocked: boolean;
  busy: boolean;
  onPick: () => void;
}

function Row({ row, gone, blocked, busy, onPick }: RowProps) {
  const name = nameOf(row);
  const queue = desk.value?.queues.find(({ id }) => id === row.queue_id)?.name ?? row.queue_id;
  return (
    <li data-call={row.id} data-gone={gone}>
      <span class="place figures" title={t("waiting.position", { position: row.position, queue })}>
        {row.position}
      </span>
      <span class="stack tight grow">
        <span class="row">
          <span class="strong truncate" title={name}>
            {name}
          </span>
          {row.level && row.level !== "standard" && (
            <Tag tone={LEVEL_TONE[row.level] ?? "out"}>{wordFor("level", row.level)}</Tag>
          )}
        </span>
        <About row={row} queue={queue} number={row.display === name ? "" : row.display} />
      </span>
      <span class="stack tight right">
        <Timer since={row.since} />
        {row.expected_wait !== null && row.expected_wait >= WORTH && (
          <span class="small muted">
            {t("waiting.expected", { time: clockFace(Math.round(row.expected_wait)) })}
          </span>
        )}
      </span>
      <span class="act">
        {gone ? (
          <Tag>{t("waiting.gone")}</Tag>
        ) : row.why ? (
          <Tag tone="paused">{t(`waiting.${row.why}`)}</Tag>
        ) : (
          <Button
            small
            label={t("waiting.pick_of", { name })}
            disabled={blocked}
            busy={busy}
            onClick={onPick}
          >
            {t("waiting.pick")}
          </Button>
        )}
      </span>
    </li>
  );
}

interface AboutProps {
  row: WaitingRow;
  queue: string;
  number: string;
}

/** One line whatever there is to say, so that no row grows: for whom they are kept goes before the number. */
function About({ row, queue, number }: AboutProps) {
  const kept = row.kept_for && row.kept_until && Date.parse(row.kept_until) > tick.value;
  return (
    <span class="small soft truncate">
      {queue}
      {kept && <span class="fg-paused"> · {t("waiting.kept_for", { name: row.kept_for ?? "" })}</span>}
      {!kept && number && ` · ${number}`}
    </span>
  );
}

const nameOf = (row: WaitingRow): string => row.name || row.display || t("caller.withheld");
