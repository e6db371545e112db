// Who is calling, and everything needed to greet them by name.

import type { ComponentChildren } from "preact";
import { nameOf, t, tryT, timeThere } from "../i18n";
import { callerName, callerNumber, nationalOf, zonesOf } from "../store/caller";
import { clockFace, minute, secondsSince, tick } from "../store/clock";
import { call, offer, pop } from "../store/live";
import { view } from "../store/view";
import type { Shown } from "../store/work";
import type { Call, CustomerCard } from "../types";
import { Avatar, Button, Tag, TimeRing } from "../ui/basics";
import { Icon } from "../ui/icon";
import { CallNumber, isLate } from "./callnumber";
import { dialog } from "./uistate";
import { cameFrom, LEVEL_TONE, wordFor } from "./words";

export function CallerCard({ shown }: { shown: Shown }) {
  const customer = shown.customer;
  const about = shown.callId ? call.value : null;
  const ringing = shown.callId !== null && view.value.phase === "offered";
  const name = customer?.name ?? callerName(about, pop.value, null);
  const now = offer.value;
  return (
    <article
      class="caller"
      data-ringing={ringing}
      data-match={about?.match ?? "known"}
      aria-label={t("caller.title")}
    >
      <div class="who">
        {ringing && now ? (
          <TimeRing from={now.made_at} to={now.deadline} size={56}>
            <Avatar name={name} large />
          </TimeRing>
        ) : (
          <Avatar name={name} large />
        )}
        <div class="grow stack tight">
          {ringing && (
            <p class="eyebrow" role="alert">
              <Icon name="incoming" /> {t("caller.incoming")}
            </p>
          )}
          <Name name={name} customer={customer} about={about} />
          <p class="soft truncate">
            {customer ? <Whereabouts customer={customer} /> : <NoCustomer about={about} />}
          </p>
        </div>
        {shown.callId && about?.direction !== "outbound" && (
          <Button kind="quiet" small icon="info" onClick={() => (dialog.value = "why")}>
            {t("why.open")}
          </Button>
        )}
      </div>
      <Facts customer={customer} about={about} />
    </article>
  );
}

function Name({
  name,
  customer,
  about,
}: {
  name: string;
  customer: CustomerCard | null;
  about: Call | null;
}) {
  return (
    <div class="row">
      <h1 class="truncate" title={name}>
        {name}
      </h1>
      {customer && customer.level !== "standard" && (
        <Tag tone={LEVEL_TONE[customer.level] ?? "out"} icon="star">
          {wordFor("level", customer.level)}
        </Tag>
      )}
      {!customer && about?.match && (
        <Tag tone="paused" icon="info">
          {tryT(`match.${about.match}`, about.match)}
        </Tag>
      )}
      {about?.preferred && <Tag icon="users">{tryT(`returning.${about.preferred}`, about.preferred)}</Tag>}
      {about?.resumed && <Tag icon="clock">{t("returning.resumed")}</Tag>}
    </div>
  );
}

function Whereabouts({ customer }: { customer: CustomerCard }) {
  const place = [customer.city, nameOf("region", customer.country)].filter(Boolean).join(", ");
  const firm = customer.company && customer.company !== customer.name ? customer.company : null;
  return <>{[firm ?? t(`kind.${customer.kind}`), place].filter(Boolean).join(" · ")}</>;
}

function NoCustomer({ about }: { about: Call | null }) {
  if (about?.match === "maybe") return <>{t("caller.maybe", { count: about.candidate_ids.length })}</>;
  return <>{t(about?.caller.withheld ? "caller.withheld_help" : "caller.unknown_help")}</>;
}

/** The number of the call: it says that it cannot be called while somebody is on it or the wrap-up is open. */
function AboutNumber({ about }: { about: Call }) {
  const words = callerNumber(about, null);
  if (!words || !about.caller.number) return <>{words || t("caller.withheld")}</>;
  return <CallNumber number={about.caller.number} words={words} customerId={about.customer_id} />;
}

function Facts({ customer, about }: { customer: CustomerCard | null; about: Call | null }) {
  const outbound = about?.direction === "outbound";
  return (
    <dl class="facts">
      {about && (
        <Fact label={t("fact.number")}>
          <AboutNumber about={about} />
        </Fact>
      )}
      {about && !outbound && <Fact label={t("fact.queue")}>{about.queue?.name ?? "–"}</Fact>}
      {about?.came_from && (
        <Fact label={t("fact.came_from")}>
          <span title={cameFrom(about.came_from)}>{cameFrom(about.came_from)}</span>
        </Fact>
      )}
      {about && !outbound && (
        <Fact label={t("fact.waited")}>
          <Waited about={about} />
        </Fact>
      )}
      {about && !outbound && typeof about.expected_wait === "number" && (
        <Fact label={t("fact.expected_wait")}>
          <span class="timer">{clockFace(about.expected_wait)}</span>
        </Fact>
      )}
      {about?.again_since && !about.ended_at && (
        <Fact label={t("fact.waits_again")}>
          <span class="timer">{clockFace(secondsSince(about.again_since, tick.value))}</span>
        </Fact>
      )}
      {about?.did && <Fact label={t("fact.did")}>{about.did}</Fact>}
      {!about && customer?.number && (
        <Fact label={t("fact.number")}>
          <CallNumber
            number={customer.number}
            words={nationalOf(customer, customer.number)}
            zones={zonesOf(customer, customer.number)}
            customerId={customer.id}
          />
        </Fact>
      )}
      {!about && customer?.owner && <Fact label={t("fact.owner")}>{customer.owner}</Fact>}
      {customer?.language && <Fact label={t("fact.language")}>{nameOf("language", customer.language)}</Fact>}
      {customer?.time_zone && (
        <Fact label={t("fact.there")}>
          <TimeThere zone={customer.time_zone} />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd class="truncate">{children}</dd>
    </div>
  );
}

function Waited({ about }: { about: Call }) {
  const end = about.answered_at ?? about.ended_at;
  const now = end ? Date.parse(end) : tick.value;
  return <span class="timer">{clockFace(secondsSince(about.queued_at ?? about.arrived_at, now))}</span>;
}

function TimeThere({ zone }: { zone: string }) {
  const there = timeThere(zone, minute.value);
  if (!there) return <>–</>;
  const late = isLate(there.hour);
  return (
    <span class={late ? "row fg-paused" : "row"} title={zone}>
      <Icon name={late ? "moon" : "sun"} />
      {there.day} {there.time}
    </span>
  );
}
