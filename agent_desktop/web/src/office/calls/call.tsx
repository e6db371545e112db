// One call: what was heard, asked and decided, in order and in words; behind each offer everybody who was considered.

import { spell } from "../../desk/details";
import { WhyTable } from "../../desk/whytable";
import { formatFull, formatSeconds, t } from "../../i18n";
import type { WhyOffer } from "../../types";
import { Empty } from "../../ui/basics";
import { Card, Page } from "../../ui/page";
import { useLoad } from "../load";
import { NotYet } from "../onepage";
import type { Names, Trace, TraceLine } from "./types";
import { endWords, lineWords } from "./words";

export function CallPage({ params }: { params: Record<string, string> }) {
  const loaded = useLoad<Trace>(`/api/calls/${params.id}`);
  const back = { to: "/admin/calls", label: t("calls.title") };
  const found = loaded.data.value;
  if (!found) return <NotYet back={back} failure={loaded.failure.value} again={loaded.reload} />;
  const { call, names } = found;
  const offers = new Map(found.offers.map((one) => [one.id, one]));
  return (
    <Page
      narrow
      title={call.withheld ? t("caller.withheld") : call.display}
      lead={[formatFull(call.at), names.queues[call.queue_id] ?? call.queue_id, endWords(call)].join(" · ")}
      back={back}
    >
      <dl class="facts">
        <Fact label={t("fact.waited")}>{call.waited === null ? "–" : spell(call.waited)}</Fact>
        <Fact label={t("fact.expected_wait")}>{call.expected === null ? "–" : spell(call.expected)}</Fact>
        <Fact label={t("calls.agents")}>
          {call.agents.map((id) => names.people[id] ?? id).join(", ") || "–"}
        </Fact>
      </dl>
      <Card title={t("calls.trace")} icon="list" lead={t("calls.trace_lead")}>
        {found.lines.length === 0 ? (
          <Empty icon="list">{t("calls.no_trace")}</Empty>
        ) : (
          <ol class="trace">
            {found.lines.map((line) => (
              <Line
                key={line.seq}
                line={line}
                names={names}
                offer={offers.get(String(line.facts.offer_id))}
              />
            ))}
          </ol>
        )}
        {found.more && <p class="small muted">{t("calls.more", { count: found.lines.length })}</p>}
      </Card>
    </Page>
  );
}

function Fact({ label, children }: { label: string; children: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface LineProps {
  line: TraceLine;
  names: Names;
  offer: WhyOffer | undefined;
}

function Line({ line, names, offer }: LineProps) {
  const made = line.type === "OfferMade" ? offer : undefined;
  return (
    <li data-type={line.type} data-refused={line.error !== null}>
      <time class="figures small muted" dateTime={line.at} title={formatFull(line.at)}>
        {formatSeconds(line.at)}
      </time>
      <div class="grow">
        <span>{lineWords(line, names)}</span>
        {made && (
          <details>
            <summary class="small soft">{t("calls.considered", { count: made.agents.length })}</summary>
            <WhyTable agents={made.agents} skills={names.skills} />
          </details>
        )}
      </div>
    </li>
  );
}
