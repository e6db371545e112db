// The dial field: a number by keys or pointer; whose country, what time it is there, and what stands against calling it.

import { useId, useRef } from "preact/hooks";
import { formatClock, nameOf, t, tryT } from "../i18n";
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
import type { LocalClock, NumberCard } from "../types";
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
      <Clocks clocks={known.local} />
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
          <span>{t(known.warnings.includes("night") ? "dial.night" : "dial.no_zone")}</span>
        </label>
      )}
    </>
  );
}

const MOST_CLOCKS = 3;

/** Each wall clock that the number can be under; of many, the first and how many more. */
function Clocks({ clocks }: { clocks: LocalClock[] }) {
  const rest = clocks.slice(MOST_CLOCKS);
  return (
    <ul class="clocks small">
      {clocks.slice(0, MOST_CLOCKS).map((each) => (
        <li key={each.day + each.time} class={each.late ? "row fg-paused" : "row"}>
          <Icon name={each.late ? "moon" : "sun"} />
          <span class="strong">{formatClock(each.time)}</span>
          <span class="truncate" title={each.zones.join(", ")}>
            {each.zones
              .slice(0, 2)
              .map((zone) => zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " "))
              .join(", ")}
          </span>
        </li>
      ))}
      {rest.length > 0 && <li class="muted">{t("dial.more_zones", { count: rest.length })}</li>}
    </ul>
  );
}
