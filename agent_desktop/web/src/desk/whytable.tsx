// Everybody who was considered for a caller, and what spoke for or against.

import { formatTime, t, tryT } from "../i18n";
import type { WhyAgent, WhyOffer } from "../types";
import { Tag, type Tone } from "../ui/basics";
import { spell } from "./details";
import { wordFor } from "./words";

/** Skills by id, as they are called today. */
export type Skills = Readonly<Record<string, string>>;

const TONE: Record<WhyAgent["verdict"], Tone> = { chosen: "ready", passed: "out", rejected: "paused" };

export function WhyOffers({ offers, skills }: { offers: readonly WhyOffer[]; skills: Skills }) {
  return (
    <>
      {offers.map((each) => (
        <section key={each.id} class="section plain">
          <h2>
            {formatTime(each.made_at)} · {wordFor("offer", each.state)}
          </h2>
          <WhyTable agents={each.agents} skills={skills} />
        </section>
      ))}
    </>
  );
}

export function WhyTable({ agents, skills }: { agents: readonly WhyAgent[]; skills: Skills }) {
  return (
    <table class="table">
      <tbody>
        {agents.map((agent) => (
          <Row key={agent.agent_id} agent={agent} skills={skills} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ agent, skills }: { agent: WhyAgent; skills: Skills }) {
  return (
    <tr>
      <td class="strong">{agent.name}</td>
      <td>
        <Tag tone={TONE[agent.verdict] ?? "out"}>{tryT(`verdict.${agent.verdict}`, agent.verdict)}</Tag>
      </td>
      <td class="soft">{reasonOf(agent.reason, skills)}</td>
      <td class="right muted small">{figuresOf(agent)}</td>
    </tr>
  );
}

const LACKS = "lacks_skill_";

export function reasonOf(reason: string | null, skills: Skills): string {
  if (!reason?.startsWith(LACKS)) return wordFor("why", reason);
  const id = reason.slice(LACKS.length);
  return `${t("why.lacks_skill")}: ${skills[id] ?? id}`;
}

/** The idle time, and what the strategy went by where that is another figure; old records have the time only. */
function figuresOf({ verdict, idle_seconds: idle, score }: WhyAgent): string {
  if (verdict === "rejected" || idle === null) return "";
  const told = [t("why.idle", { time: spell(idle) })];
  if (score != null && score !== idle) told.unshift(t("why.score", { score }));
  return told.join(" · ");
}
