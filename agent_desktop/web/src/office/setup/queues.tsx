// Queues: each with how it rings and wraps up, in a line.

import { wordsFor } from "../../api";
import { t, tryT } from "../../i18n";
import { Button, Empty } from "../../ui/basics";
import { Icon } from "../../ui/icon";
import { Page } from "../../ui/page";
import { useLoad } from "../load";
import type { QueueSettings } from "./shapes";

export function QueuesPage() {
  const queues = useLoad<{ queues: QueueSettings[] }>("/api/queues");
  const rows = queues.data.value?.queues;
  return (
    <Page title={t("setup.queues")} lead={t("setup.queues_lead")}>
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
    </Page>
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
