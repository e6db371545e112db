// Opens a ticket that is known by its id only.

import { get } from "../api";
import { complain } from "../store/toasts";
import type { Ticket } from "../types";
import { ticketShown } from "./uistate";

export async function readTicket(id: string): Promise<void> {
  try {
    ticketShown.value = await get<Ticket>(`/api/tickets/${encodeURIComponent(id)}`);
  } catch (failure) {
    complain(failure);
  }
}
