// All keyboard shortcuts; each letter can be another one.

import { type Signal, useSignal } from "@preact/signals";
import { t, tryT } from "../i18n";
import { type Action, DEFAULTS, letterOf, letters, remap, resetKeys } from "../keys";
import { Button, Keys } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { closeDialog } from "./uistate";

const FIXED: [
  string,
  "keys.answer_enter" | "keys.search" | "keys.help" | "keys.disposition" | "keys.finish" | "keys.extend",
][] = [
  ["Enter", "keys.answer_enter"],
  ["Ctrl+K", "keys.search"],
  ["/", "keys.search"],
  ["?", "keys.help"],
  ["1…9", "keys.disposition"],
  ["⏎", "keys.finish"],
  ["E", "keys.extend"],
];

export function KeysDialog() {
  const asking = useSignal<Action | null>(null);
  const problem = useSignal("");
  const listen = (event: KeyboardEvent): void => {
    const letter = letterOf(event);
    if (!asking.value || !letter) return;
    event.preventDefault();
    event.stopPropagation();
    const result = remap(asking.value, letter);
    if (result === "ok") {
      asking.value = null;
      problem.value = "";
    } else if (result === "taken") problem.value = t("keys.taken", { letter });
    else problem.value = t("keys.used", { letter, action: tryT(`key.${result.by}`, result.by) });
  };
  return (
    <Dialog title={t("keys.title")} onClose={closeDialog}>
      <div onKeyDown={listen}>
        <p class="small soft lead">{t("keys.help_text")}</p>
        <table class="table">
          <tbody>
            {(Object.keys(DEFAULTS) as Action[]).map((action) => (
              <Letter key={action} action={action} asking={asking} />
            ))}
            {FIXED.map(([keys, words]) => (
              <tr key={keys}>
                <td>{t(words)}</td>
                <td class="right">
                  <span class="rekey fixed">
                    <Keys of={keys} />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p class="small fg-alarm" role="alert">
          {problem.value}
        </p>
        <Button small onClick={resetKeys}>
          {t("keys.reset")}
        </Button>
      </div>
    </Dialog>
  );
}

function Letter({ action, asking }: { action: Action; asking: Signal<Action | null> }) {
  const listening = asking.value === action;
  return (
    <tr>
      <td>{tryT(`key.${action}`, action)}</td>
      <td class="right">
        <button
          type="button"
          class="rekey"
          aria-pressed={listening}
          onClick={() => (asking.value = listening ? null : action)}
        >
          {listening ? t("keys.press") : <Keys of={`Ctrl+Shift+${letters.value[action]}`} />}
        </button>
      </td>
    </tr>
  );
}
