// One hit of the search: who it is, and what of them fits what was typed.

import { nameOf, t } from "../i18n";
import type { FoundCustomer } from "../types";
import { Avatar } from "../ui/basics";
import { Icon, type IconName } from "../ui/icon";
import { openDial } from "./dialling";

interface RowProps {
  id: string;
  customer: FoundCustomer;
  active: boolean;
  onHover: () => void;
  onPick: () => void;
}

const REASON_ICON: Record<string, IconName> = {
  contact: "user",
  number: "phone",
  email: "mail",
  ticket: "ticket",
  serial: "device",
};

export function FoundRow({ id, customer, active, onHover, onPick }: RowProps) {
  const place = [
    customer.company !== customer.name ? customer.company : null,
    customer.city,
    nameOf("region", customer.country),
  ]
    .filter(Boolean)
    .join(" · ");
  const fits = customer.found?.text ? customer.found : null;
  return (
    <div
      id={id}
      class="item found"
      role="option"
      aria-selected={active}
      data-active={active}
      onPointerMove={onHover}
      onClick={onPick}
    >
      <Avatar name={customer.name} />
      <span class="stack tight grow">
        <span class="truncate">{customer.name}</span>
        <span class="small muted truncate">{place || t(`kind.${customer.kind}`)}</span>
        {fits && (
          <span class="small fits">
            <Icon name={REASON_ICON[fits.by] ?? "info"} label={t(`found.${fits.by}`)} />
            <span class="truncate">{fits.text}</span>
          </span>
        )}
      </span>
      {fits?.by !== "number" && (
        <span
          class="small soft dialable"
          onClick={(event) => {
            event.stopPropagation();
            if (customer.number) openDial(customer.number, customer.id);
          }}
        >
          {customer.numbers[0]?.national ?? customer.number}
        </span>
      )}
    </div>
  );
}
