// All keyboard shortcuts; each letter can be another one, and single keys can be switched off.

import { type Signal, useSignal } from "@preact/signals";
import { t, tryT } from "../i18n";
import {
  type Action,
  DEFAULTS,
  letterOf,
  letters,
  remap,
  type Remapped,
  remapSingle,
  resetKeys,
  type Single,
  SINGLES,
  singles,
  singlesOn,
  switchSingles,
} from "../keys";
import { Button, Keys } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { closeDialog } from "./uistate";

type Asking = Signal<Action | Single | null>;
type Words = "keys.answer_enter" | "keys.search" | "keys.disposition" | "keys.finish";

const FIXED: [string, Words][] = [
  ["Enter", "keys.answer_enter"],
  ["Ctrl+K", "keys.search"],
  ["⏎", "keys.finish"],
];

const isSingle = (name: Action | Single): name is Single => name in SINGLES;

/** The key that a press asks for: a letter by its place, or of single keys whatever it writes. */
function pressed(name: Action | Single, event: KeyboardEvent): string | null {
  if (!isSingle(name)) return letterOf(event);
  return event.ctrlKey || event.altKey || event.metaKey || [...event.key].length !== 1 ? null : event.key;
}

function wordsOf(name: Action | Single): string {
  return tryT(isSingle(name) ? `single.${name}` : `key.${name}`, name);
}

export function KeysDialog() {
  const asking: Asking = useSignal(null);
  const problem = useSignal("");
  const listen = (event: KeyboardEvent): void => {
    const name = asking.value;
    const key = name && pressed(name, event);
    if (!name || !key) return;
    event.preventDefault();
    event.stopPropagation();
    const result: Remapped = isSingle(name) ? remapSingle(name, key) : remap(name, key);
    if (result === "ok") asking.value = null;
    problem.value = complaint(result, key, isSingle(name));
  };
  return (
    <Dialog title={t("keys.title")} onClose={closeDialog}>
      <div onKeyDown={listen}>
        <p class="small soft lead">{t("keys.help_text")}</p>
        <table class="table">
          <tbody>
            {(Object.keys(DEFAULTS) as Action[]).map((action) => (
              <Rekey
                key={action}
                name={action}
                keys={`Ctrl+Shift+${letters.value[action]}`}
                asking={asking}
              />
            ))}
            {FIXED.map(([keys, words]) => (
              <Fixed key={keys} keys={keys} words={words} />
            ))}
          </tbody>
        </table>
        <SingleKeys asking={asking} />
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

function complaint(result: Remapped, key: string, single: boolean): string {
  if (result === "ok") return "";
  if (result === "taken") return t(single ? "keys.no_single" : "keys.taken", { letter: key });
  return t("keys.used", { letter: key, action: wordsOf(result.by) });
}

/** Keys without Ctrl: whoever works by voice or shaky hands gives them other keys, or none. */
function SingleKeys({ asking }: { asking: Asking }) {
  return (
    <fieldset class="stack tight singles">
      <label class="row">
        <input
          type="checkbox"
          checked={singlesOn.value}
          onChange={(event) => switchSingles(event.currentTarget.checked)}
        />
        <span>{t("keys.singles")}</span>
      </label>
      {singlesOn.value && (
        <table class="table">
          <tbody>
            {(Object.keys(SINGLES) as Single[]).map((each) => (
              <Rekey key={each} name={each} keys={singles.value[each].toUpperCase()} asking={asking} />
            ))}
            <Fixed keys="1…9" words="keys.disposition" />
          </tbody>
        </table>
      )}
      {!singlesOn.value && <p class="small soft">{t("keys.singles_off")}</p>}
    </fieldset>
  );
}

function Fixed({ keys, words }: { keys: string; words: Words }) {
  return (
    <tr>
      <td>{t(words)}</td>
      <td class="right">
        <span class="rekey fixed">
          <Keys of={keys} />
        </span>
      </td>
    </tr>
  );
}

function Rekey({ name, keys, asking }: { name: Action | Single; keys: string; asking: Asking }) {
  const listening = asking.value === name;
  return (
    <tr>
      <td>{wordsOf(name)}</td>
      <td class="right">
        <button
          type="button"
          class="rekey"
          data-key={name}
          aria-pressed={listening}
          onClick={() => (asking.value = listening ? null : name)}
        >
          {listening ? t(isSingle(name) ? "keys.press_any" : "keys.press") : <Keys of={keys} />}
        </button>
      </td>
    </tr>
  );
}
