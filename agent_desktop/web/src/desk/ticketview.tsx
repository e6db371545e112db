// One ticket, to be read without leaving the call.

import type { ComponentChildren } from "preact";
import { formatFull, t } from "../i18n";
import type { Ticket } from "../types";
import { Tag } from "../ui/basics";
import { Dialog } from "../ui/dialog";
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
