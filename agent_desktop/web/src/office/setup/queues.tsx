// Queues: each with how it rings and wraps up, in a line.

import { useSignal } from "@preact/signals";
import { post, wordsFor } from "../../api";
import { t, tryT } from "../../i18n";
import { Button, Empty } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { useForm } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { FormProblem, TextField } from "../../ui/inputs";
import { Page } from "../../ui/page";
import { useLoad } from "../load";
import { go } from "../router";
import type { QueueSettings } from "./shapes";

export function QueuesPage() {
  const queues = useLoad<{ queues: QueueSettings[] }>("/api/queues");
  const rows = queues.data.value?.queues;
  const making = useSignal(false);
  const create = (
    <Button kind="primary" icon="plus" onClick={() => (making.value = true)}>
      {t("setup.new_queue")}
    </Button>
  );
  return (
    <Page title={t("setup.queues")} lead={t("setup.queues_lead")} actions={create}>
      {queues.failure.value !== null && (
        <Empty icon="alert" title={wordsFor(queues.failure.value)}>
          <Button onClick={() => void queues.reload()}>{t("list.again")}</Button>
        </Empty>
      )}
      {!rows && queues.failure.value === null && <div class="ghost-block" aria-busy />}
      {rows?.length === 0 && (
        <Empty icon="queue" title={t("setup.no_queues")}>
          {t("setup.no_queues_cure")}
        </Empty>
      )}
      {rows && rows.length > 0 && (
        <ul class="tiles">
          {rows.map((queue) => (
            <Tile key={queue.id} queue={queue} />
          ))}
        </ul>
      )}
      {making.value && <NewQueue onClose={() => (making.value = false)} />}
    </Page>
  );
}

/** With the settings of a new platform's first queue; the rest is set on its page. */
function NewQueue({ onClose }: { onClose: () => void }) {
  const form = useForm({ name: "" }, ({ name }) => (name.trim() ? {} : { name: t("setup.need_name") }));
  const send = (): Promise<boolean> =>
    form.submit(async (values) => {
      const made = await post<{ id: string }>("/api/queues", values);
      go(`/admin/queues/${made.id}`);
    });
  return (
    <Dialog title={t("setup.new_queue")} onClose={onClose}>
      <form
        ref={form.box}
        class="stack wide"
        noValidate
        onSubmit={(event) => (event.preventDefault(), void send())}
      >
        <FormProblem words={form.problem.value} />
        <TextField form={form} name="name" label={t("setup.name")} focus attributes={{ maxLength: 200 }} />
        <div class="row dialog-foot">
          <Button onClick={onClose}>{t("dialog.cancel")}</Button>
          <Button type="submit" kind="primary" busy={form.busy.value}>
            {t("setup.make_queue")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Tile({ queue }: { queue: QueueSettings }) {
  return (
    <li>
      <a class="tile" href={`/admin/queues/${queue.id}`}>
        <span class="row">
          <Icon name="queue" />
          <span class="strong truncate grow">{queue.name}</span>
        </span>
        <span class="small soft truncate">
          {t(queue.everyone ? "setup.everyone" : "setup.some")}
          {queue.dids.length > 0 && ` · ${queue.dids.join(", ")}`}
        </span>
        <span class="small soft">
          {tryT(`setup.${queue.strategy}`, queue.strategy)}
          {" · "}
          {t("setup.rings_for", { seconds: queue.ring_seconds })}
        </span>
        <span class="small muted">
          {t(queue.wrap_mode === "mandatory" ? "setup.mandatory" : "setup.optional")}
          {" · "}
          {queue.wrap_seconds > 0
            ? t("setup.wraps_for", { seconds: queue.wrap_seconds })
            : t("setup.wraps_without_end")}
        </span>
      </a>
    </li>
  );
}
