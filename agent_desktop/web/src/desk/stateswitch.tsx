// My state with its timer, and the switch to another; while busy the choice is for afterwards.

import { useComputed } from "@preact/signals";
import { t } from "../i18n";
import { shortcut } from "../keys";
import { pending, setPresence } from "../store/actions";
import { canAsk, me, settings } from "../store/live";
import { visibleState } from "../store/view";
import type { Presence } from "../types";
import { Timer } from "../ui/basics";
import { Icon } from "../ui/icon";
import { Menu, MenuItem } from "../ui/menu";
import { optionsOf, presenceWords, STATE_LOOK, stateWords } from "./words";
import { stateMenu } from "./uistate";

export function StateSwitch() {
  const state = visibleState.value;
  const next = me.value?.next;
  if (!state) return null;
  const look = STATE_LOOK[state.kind];
  return (
    <Menu
      open={stateMenu}
      label={t("state.choose")}
      button={(props) => (
        <button
          type="button"
          class={`state tone-${look.tone}`}
          data-state={state.kind}
          aria-busy={pending.value.has("presence")}
          {...props}
        >
          <Icon name={look.icon} />
          <span class="word">{stateWords(state)}</span>
          {state.since && <Timer since={state.since} />}
          {next && (
            <span class="next">
              <Icon name="right" />
              {presenceWords(next.presence, next.reason)}
            </span>
          )}
          <Icon name="down" />
        </button>
      )}
    >
      <Choices />
    </Menu>
  );
}

function Choices() {
  const person = me.value;
  const busy = useComputed(() => (me.value?.duty ?? "idle") !== "idle");
  if (!person) return null;
  const target = person.next ?? { presence: person.presence, reason: person.pause_reason };
  const pick = (presence: Presence, reason: string | null = null): void => {
    stateMenu.value = false;
    void setPresence(presence, reason);
  };
  const off = !canAsk.value;
  return (
    <>
      <p class="head">{off ? t("state.cannot") : busy.value ? t("state.afterwards") : t("state.now")}</p>
      <MenuItem
        icon="check"
        tone="ready"
        checked={target.presence === "ready"}
        disabled={off}
        hint={<kbd>{shortcut("ready")}</kbd>}
        onPick={() => pick("ready")}
      >
        {t("state.ready")}
      </MenuItem>
      <hr />
      {optionsOf(settings.value?.pause_reasons ?? [], "reason").map(({ id, label }) => (
        <MenuItem
          key={id}
          icon="coffee"
          tone="paused"
          checked={target.presence === "paused" && target.reason === id}
          disabled={off}
          onPick={() => pick("paused", id)}
        >
          {label}
        </MenuItem>
      ))}
      <hr />
      <MenuItem
        icon="out"
        tone="out"
        checked={target.presence === "out"}
        disabled={off}
        onPick={() => pick("out")}
      >
        {t("state.out")}
      </MenuItem>
    </>
  );
}
