// Why this call came to me: each agent who was considered, and what spoke for or against.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, wordsFor } from "../api";
import { formatTime, t, tryT } from "../i18n";
import { call, offer } from "../store/live";
import type { Why, WhyAgent } from "../types";
import { Empty, Tag, type Tone } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { closeDialog } from "./uistate";
import { spell } from "./details";
import { cameFrom, wordFor } from "./words";

const TONE: Record<WhyAgent["verdict"], Tone> = { chosen: "ready", passed: "out", rejected: "paused" };

export function WhyDialog() {
  const id = call.value?.id ?? offer.value?.interaction_id;
  const found = useSignal<Why | null>(null);
  const problem = useSignal("");
  useEffect(() => {
    if (!id) return;
    get<Why>(`/api/calls/${id}/why`)
      .then((why) => (found.value = why))
      .catch((failure: unknown) => (problem.value = wordsFor(failure)));
  }, [id]);
  return (
    <Dialog title={t("why.title")} onClose={closeDialog}>
      <p class="small soft">{t("why.help")}</p>
      {call.value?.came_from && (
        <p class="small">
          {t("fact.came_from")}: {cameFrom(call.value.came_from)}
        </p>
      )}
      {problem.value && <Empty icon="alert">{problem.value}</Empty>}
      {found.value?.offers.map((each) => (
        <section key={each.id} class="section plain">
          <h2>
            {formatTime(each.made_at)} · {wordFor("offer", each.state)}
          </h2>
          <table class="table">
            <tbody>
              {each.agents.map((agent) => (
                <Row key={agent.agent_id} agent={agent} />
              ))}
            </tbody>
          </table>
        </section>
      ))}
    </Dialog>
  );
}

function Row({ agent }: { agent: WhyAgent }) {
  return (
    <tr>
      <td class="strong">{agent.name}</td>
      <td>
        <Tag tone={TONE[agent.verdict] ?? "out"}>{tryT(`verdict.${agent.verdict}`, agent.verdict)}</Tag>
      </td>
      <td class="soft">{reasonOf(agent.reason)}</td>
      <td class="right muted small">{figuresOf(agent)}</td>
    </tr>
  );
}

const LACKS = "lacks_skill_";

function reasonOf(reason: string | null): string {
  if (!reason?.startsWith(LACKS)) return wordFor("why", reason);
  return `${t("why.lacks_skill")}: ${reason.slice(LACKS.length)}`;
}

/** The idle time, and what the strategy went by where that is another figure; old records have the time only. */
function figuresOf({ verdict, idle_seconds: idle, score }: WhyAgent): string {
  if (verdict === "rejected" || idle === null) return "";
  const told = [t("why.idle", { time: spell(idle) })];
  if (score != null && score !== idle) told.unshift(t("why.score", { score }));
  return told.join(" · ");
}
