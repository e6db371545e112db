// The dial field: a number by keys or pointer; whose country, what time it is there, and what stands against calling it.

import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { formatClock, type Key, nameOf, t, tryT, zoneName } from "../i18n";
import {
  canDial,
  card,
  confirmed,
  dialling,
  dialNow,
  draft,
  obstacle,
  refusal,
  whyNot,
  write,
} from "./dialling";
import type { DialWarning, LocalClock, NumberCard } from "../types";
import { Button } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { Icon } from "../ui/icon";
import { closeDialog } from "./uistate";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "+", "0"];

export function DialDialog() {
  const why = useId();
  const against = useId();
  const told = useId();
  const refused = refusal.value !== null && whyNot.value === refusal.value;
  const field = useRef<HTMLInputElement>(null);
  const { number, customerId } = draft.value;
  const press = (key: string): void => {
    write(number + key, customerId);
    field.current?.focus();
  };
  return (
    <Dialog title={t("dial.title")} onClose={closeDialog}>
      <form
        class="dial stack"
        onSubmit={(event) => {
          event.preventDefault();
          void dialNow();
        }}
      >
        <Field label={t("dial.number")} problem={obstacle.value ?? undefined} told={told}>
          {(ids) => (
            <input
              {...ids}
              ref={field}
              autoFocus
              class="input"
              type="tel"
              inputMode="tel"
              autoComplete="off"
              maxLength={40}
              placeholder={t("dial.prompt")}
              value={number}
              onInput={(event) => write(event.currentTarget.value, customerId)}
            />
          )}
        </Field>
        <div class="dialkeys" role="group" aria-label={t("callbar.keypad")}>
          {KEYS.map((key) => (
            <button key={key} type="button" onClick={() => press(key)}>
              {key}
            </button>
          ))}
          <button
            type="button"
            aria-label={t("dial.back")}
            onClick={() => write(number.slice(0, -1), customerId)}
          >
            ⌫
          </button>
        </div>
        <div class="about" aria-live="polite">
          {card.value ? (
            <About known={card.value} id={against} />
          ) : (
            <p class="small muted">{t("dial.hint")}</p>
          )}
        </div>
        <Button
          kind="good"
          type="submit"
          icon="phone"
          busy={dialling.value}
          disabled={!canDial.value}
          aria-describedby={refused ? against : obstacle.value ? `${told} ${why}` : why}
        >
          {card.value ? t("dial.call", { number: card.value.display }) : t("dial.call_plain")}
        </Button>
        <p id={why} class="why small soft" role="status">
          {!dialling.value && !refused && beside()}
        </p>
      </form>
    </Dialog>
  );
}

/** Why it cannot be called, where that is not said at the number already. */
function beside(): string | null {
  if (!whyNot.value || (obstacle.value && whyNot.value === "dial.none")) return null;
  const words = tryT(whyNot.value, whyNot.value);
  return words === obstacle.value ? null : words;
}

function About({ known, id }: { known: NumberCard; id: string }) {
  return (
    <>
      <p class="row">
        <Icon name="phone" />
        <span class="strong">{known.display}</span>
        <span class="soft">{nameOf("region", known.region)}</span>
      </p>
      <Clocks clocks={known.local} customer={known.customer ?? null} />
      {refusal.value && (
        <p id={id} class="problem row" role="alert">
          <Icon name="alert" />
          {tryT(refusal.value, refusal.value)}
        </p>
      )}
      {known.warnings.length > 0 && !refusal.value && (
        <label class="row warn">
          <input
            type="checkbox"
            checked={confirmed.value}
            onChange={(event) => (confirmed.value = event.currentTarget.checked)}
          />
          <span>{t(warningWords(known.warnings))}</span>
        </label>
      )}
    </>
  );
}

/** What is confirmed: the number's hour, the customer's, or both. */
function warningWords(warnings: readonly DialWarning[]): Key {
  const customers = warnings.includes("customer_night");
  if (warnings.includes("night")) return customers ? "dial.night_both" : "dial.night";
  if (warnings.includes("no_zone")) return customers ? "dial.no_zone_night" : "dial.no_zone";
  return "dial.customer_night";
}

const MOST_CLOCKS = 3;

/** Each wall clock that the number can be under; of many, the first and how many more. Then the customer's own. */
function Clocks({ clocks, customer }: { clocks: LocalClock[]; customer: LocalClock | null }) {
  const rest = clocks.slice(MOST_CLOCKS);
  return (
    <ul class="clocks small">
      {clocks.slice(0, MOST_CLOCKS).map((each) => (
        <Clock key={each.day + each.time} clock={each}>
          {places(each)}
        </Clock>
      ))}
      {rest.length > 0 && <li class="muted">{t("dial.more_zones", { count: rest.length })}</li>}
      {customer && <Clock clock={customer}>{t("dial.at_customer", { place: places(customer) })}</Clock>}
    </ul>
  );
}

function places({ zones }: LocalClock): string {
  return [...new Set(zones.map(zoneName))].slice(0, 2).join(", ");
}

function Clock({ clock, children }: { clock: LocalClock; children: ComponentChildren }) {
  return (
    <li class={clock.late ? "row fg-paused" : "row"}>
      <Icon name={clock.late ? "moon" : "sun"} />
      <span class="strong">{formatClock(clock.time)}</span>
      <span class="truncate" title={clock.zones.join(", ")}>
        {children}
      </span>
    </li>
  );
}
