// A number on the screen that can be called, with the time of day where it rings; it says why when it cannot be now.

import type { ComponentChildren } from "preact";
import { t, timesThere, tryT } from "../i18n";
import { minute } from "../store/clock";
import { Icon } from "../ui/icon";
import { barred, openDial } from "./dialling";

interface CallNumberProps {
  number: string;
  words: string;
  customerId?: string | null;
  /** The zones that the number itself can be in, whatever its customer's; none when nobody knows. */
  zones?: readonly string[];
  /** The number itself stands beside the button already. */
  bare?: boolean;
  /** Inside a list of options, where no second stop for the keyboard may be: Alt+Enter calls. */
  option?: boolean;
}

/** Before eight and after nine in the evening one apologises for the hour. */
export const isLate = (hour: number): boolean => hour < 8 || hour >= 21;

export function CallNumber(props: CallNumberProps) {
  const { number, words, customerId = null, zones = [], bare = false, option = false } = props;
  const there = timesThere(zones, minute.value);
  const late = there !== null && there.hours.some(isLate);
  const said = [
    t("dial.open", { number: words }),
    there && t("dial.there", { time: there.full }),
    barred.value && tryT(`error.${barred.value}`, barred.value),
  ];
  const title = said.filter(Boolean).join(" · ");
  // The name holds what is read on the button, as it stands there, so that it can be called out by voice.
  const name = [t("dial.open", { number: [words, there?.time].filter(Boolean).join(" ") }), said[2]]
    .filter(Boolean)
    .join(" · ");
  const shared = {
    class: "callnumber",
    title,
    "data-barred": barred.value ?? undefined,
    onClick: (event: Event): void => {
      event.stopPropagation();
      openDial(number, customerId);
    },
  };
  const shown: ComponentChildren = (
    <>
      {!bare && <span class="truncate">{words}</span>}{" "}
      {there && (
        <span class={late ? "there small fg-paused" : "there small soft"}>
          <Icon name={late ? "moon" : "sun"} />
          {there.time}
        </span>
      )}
      <Icon name="phone" {...(bare || option ? {} : { label: t("dial.call_plain") })} />
    </>
  );
  if (option) return <span {...shared}>{shown}</span>;
  return (
    <button type="button" aria-label={name} {...shared}>
      {shown}
    </button>
  );
}
