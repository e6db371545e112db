// One hit of the search: who it is, and what of them fits what was typed.

import { nameOf, t } from "../i18n";
import { nationalOf, zonesOf } from "../store/caller";
import type { FoundCustomer } from "../types";
import { Avatar } from "../ui/basics";
import { Icon, type IconName } from "../ui/icon";
import { CallNumber } from "./callnumber";

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
  const found = fits?.by === "number" ? dialOf(customer) : null;
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
            {found ? (
              <CallNumber
                option
                number={found}
                words={fits.text}
                zones={zonesOf(customer, found)}
                customerId={customer.id}
              />
            ) : (
              <span class="truncate">{fits.text}</span>
            )}
          </span>
        )}
      </span>
      {!found && customer.number && (
        <span class="small soft">
          <CallNumber
            option
            number={customer.number}
            words={nationalOf(customer, customer.number)}
            zones={zonesOf(customer, customer.number)}
            customerId={customer.id}
          />
        </span>
      )}
    </div>
  );
}

/** The number that a hit is called under: the one that was found, else the customer's first. */
export function dialOf(customer: FoundCustomer): string | null {
  const shown = customer.found?.by === "number" ? customer.found.text : "";
  const known = customer.numbers.find(({ e164, national }) => shown === national || shown === e164);
  return known?.e164 ?? (/^[+\d]/.test(shown) ? shown : customer.number);
}
