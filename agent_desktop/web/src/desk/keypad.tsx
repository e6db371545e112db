// The keypad: by pointer or by typing digits while it is open.

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { pressKey } from "../phone/session";
import { useOutside } from "../ui/outside";
import { keypadOpen } from "./uistate";

const KEYS: [string, string][] = [
  ["1", ""],
  ["2", "ABC"],
  ["3", "DEF"],
  ["4", "GHI"],
  ["5", "JKL"],
  ["6", "MNO"],
  ["7", "PQRS"],
  ["8", "TUV"],
  ["9", "WXYZ"],
  ["*", ""],
  ["0", "+"],
  ["#", ""],
];

const shut = (): void => {
  keypadOpen.value = false;
};

export function Keypad() {
  const box = useRef<HTMLDivElement>(null);
  const sent = useSignal("");
  useOutside(box, true, shut);
  useLayoutEffect(() => box.current?.focus(), []);
  const press = (key: string): void => {
    if (pressKey(key)) sent.value += key;
  };
  return (
    <div
      ref={box}
      class="keypad"
      role="group"
      tabIndex={-1}
      aria-label={t("callbar.keypad")}
      onKeyDown={(event) => /^[0-9*#]$/.test(event.key) && (event.preventDefault(), press(event.key))}
    >
      <output class="sent">{sent.value || <span class="muted small">{t("keypad.prompt")}</span>}</output>
      {KEYS.map(([key, letters]) => (
        <button key={key} type="button" onClick={() => press(key)}>
          <span class="digit">{key}</span>
          <span class="letters" aria-hidden>
            {letters}
          </span>
        </button>
      ))}
    </div>
  );
}
