// One ticket, to be read without leaving the call.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { get } from "../api";
import { formatFull, t } from "../i18n";
import { nationalOf, zonesOf } from "../store/caller";
import { knownCustomer } from "../store/work";
import type { CustomerCard, Ticket } from "../types";
import { Tag } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { CallNumber } from "./callnumber";
import { ticketShown } from "./uistate";
import { PRIORITY_TONE, wordFor } from "./words";

export function TicketDialog({ ticket }: { ticket: Ticket }) {
  return (
    <Dialog title={`${ticket.number} · ${ticket.subject}`} onClose={() => (ticketShown.value = null)}>
      <div class="stack wide">
        <div class="row">
          <Tag tone={PRIORITY_TONE[ticket.priority] ?? "out"}>{wordFor("priority", ticket.priority)}</Tag>
          <Tag tone="accent">{wordFor("status", ticket.status)}</Tag>
        </div>
        {ticket.description && <p class="words wide">{ticket.description}</p>}
        <Contact customerId={ticket.customer_id} />
        <dl class="pairs">
          <Pair name={t("ticket.category")}>{wordFor("category", ticket.category) || "–"}</Pair>
          <Pair name={t("ticket.product")}>{ticket.product ?? "–"}</Pair>
          <Pair name={t("ticket.created")}>{formatFull(ticket.created_at)}</Pair>
          <Pair name={t("ticket.updated")}>{formatFull(ticket.updated_at)}</Pair>
        </dl>
      </div>
    </Dialog>
  );
}

function Pair({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Whose ticket it is, and the way to reach them. */
function Contact({ customerId }: { customerId: string }) {
  const known = useSignal<CustomerCard | null>(knownCustomer(customerId));
  useEffect(() => {
    if (known.peek()) return;
    get<CustomerCard>(`/api/customers/${encodeURIComponent(customerId)}`)
      .then((found) => (known.value = found))
      .catch(() => undefined); // the ticket is read without
  }, [customerId]);
  const customer = known.value;
  if (!customer) return null;
  return (
    <p class="row">
      <Icon name="user" />
      <span class="truncate">{customer.name}</span>
      {customer.number && (
        <CallNumber
          number={customer.number}
          words={nationalOf(customer, customer.number)}
          zones={zonesOf(customer, customer.number)}
          customerId={customer.id}
        />
      )}
    </p>
  );
}
