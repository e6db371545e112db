// Queues: each with how it rings and wraps up, in a line.

import { useSignal } from "@preact/signals";
import { post } from "../../api";
import { t, tryT } from "../../i18n";
import { Tag } from "../../ui/basics";
import { Icon } from "../../ui/icon";
import { Page } from "../../ui/page";
import { Listed, Maker, NameDialog } from "../listpage";
import { useLoad } from "../load";
import { go } from "../router";
import type { Queues, QueueSettings } from "./shapes";

export function QueuesPage() {
  const queues = useLoad<Queues>("/api/queues");
  const making = useSignal(false);
  const make = async (name: string): Promise<void> => {
    const made = await post<{ id: string }>("/api/queues", { name });
    go(`/admin/queues/${made.id}`);
  };
  const create = <Maker words={t("setup.new_queue")} onMake={() => (making.value = true)} />;
  return (
    <Page title={t("setup.queues")} lead={t("setup.queues_lead")} actions={create}>
      <Listed
        loaded={queues}
        rows={queues.data.value?.queues}
        icon="queue"
        none={t("setup.no_queues")}
        cure={t("setup.no_queues_cure")}
      >
        {(rows) => (
          <ul class="tiles">
            {rows.map((queue) => (
              <Tile key={queue.id} queue={queue} able={queues.data.value?.hardly?.[queue.id]} />
            ))}
          </ul>
        )}
      </Listed>
      {making.value && (
        <NameDialog
          title={t("setup.new_queue")}
          label={t("setup.name")}
          need={t("setup.need_name")}
          go={t("setup.make_queue")}
          save={make}
          onClose={() => (making.value = false)}
        />
      )}
    </Page>
  );
}

function Tile({ queue, able }: { queue: QueueSettings; able: string[] | undefined }) {
  return (
    <li>
      <a class="tile" href={`/admin/queues/${queue.id}`}>
        <span class="row">
          <Icon name="queue" />
          <span class="strong truncate grow">{queue.name}</span>
          {able?.length === 0 && (
            <Tag tone="alarm" icon="alert">
              {t("setup.nobody_serves")}
            </Tag>
          )}
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
