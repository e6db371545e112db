// The caller is not surely known: choose among those it may be, search, or make a new customer.

import { useSignal } from "@preact/signals";
import { nameOf, t } from "../i18n";
import { linkCustomer, pending } from "../store/actions";
import { call, canAsk } from "../store/live";
import { openCustomer } from "../store/work";
import type { CustomerCard, Match } from "../types";
import { Avatar, Button } from "../ui/basics";
import { Section } from "./context";
import { NewCustomer } from "./newcustomer";
import { CustomerSearch } from "./search";

interface IdentifyProps {
  callId: string;
  candidates: CustomerCard[];
  match: Match | null;
}

export function Identify({ callId, candidates, match }: IdentifyProps) {
  const making = useSignal(false);
  const outbound = call.value?.direction === "outbound";
  return (
    <>
      {candidates.length > 0 && (
        <Section title={t("identify.maybe", { count: candidates.length })}>
          <p class="small soft hint-line">
            {t(outbound ? "identify.maybe_help_out" : "identify.maybe_help")}
          </p>
          <ul class="list cards">
            {candidates.map((each) => (
              <Candidate key={each.id} customer={each} callId={callId} outbound={outbound} />
            ))}
          </ul>
        </Section>
      )}
      <Section
        title={t(
          match === "withheld"
            ? "identify.withheld"
            : candidates.length
              ? "identify.other"
              : outbound
                ? "identify.called"
                : "identify.unknown",
        )}
      >
        {making.value ? (
          <NewCustomer callId={callId} onDone={() => (making.value = false)} />
        ) : (
          <div class="stack">
            <CustomerSearch compact onPick={(found) => void linkCustomer(callId, found)} />
            <Button icon="plus" disabled={!canAsk.value} onClick={() => (making.value = true)}>
              {t("identify.new")}
            </Button>
          </div>
        )}
      </Section>
    </>
  );
}

interface CandidateProps {
  customer: CustomerCard;
  callId: string;
  outbound: boolean;
}

function Candidate({ customer, callId, outbound }: CandidateProps) {
  const place = [customer.company, customer.city, nameOf("region", customer.country)]
    .filter(Boolean)
    .join(" · ");
  return (
    <li class="candidate">
      <div class="row">
        <Avatar name={customer.name} />
        <span class="stack tight grow">
          <span class="strong truncate">{customer.name}</span>
          <span class="small muted truncate">{place}</span>
        </span>
      </div>
      <div class="row">
        <Button
          small
          kind="primary"
          icon="link"
          busy={pending.value.has("link")}
          disabled={!canAsk.value}
          onClick={() => void linkCustomer(callId, customer)}
        >
          {t(outbound ? "identify.choose_out" : "identify.choose")}
        </Button>
        <Button small kind="quiet" disabled={!canAsk.value} onClick={() => void openCustomer(customer)}>
          {t("identify.look")}
        </Button>
      </div>
    </li>
  );
}
