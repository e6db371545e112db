// The middle: whose work this is, the caller card, writing, and the history.

import { useLayoutEffect } from "preact/hooks";
import { t } from "../i18n";
import { mark } from "../marks";
import { sip } from "../phone/session";
import { callerName } from "../store/caller";
import { pending, setPresence } from "../store/actions";
import { call, canAsk, me, offer, pop } from "../store/live";
import { afterPaint } from "../store/paint";
import { tellRendered } from "../store/socket";
import { view, visibleState } from "../store/view";
import { closeCustomer, currentPop, opened, selected, shown } from "../store/work";
import { Button, Tag, type Tone } from "../ui/basics";
import { Icon, type IconName } from "../ui/icon";
import { CallerCard } from "./callercard";
import { Composer } from "./composer";
import { Timeline } from "./timeline";
import { dialog } from "./uistate";
import { WrapUp } from "./wrapup";

export function Centre() {
  const what = shown.value;
  useRenderedAck();
  return (
    <main class="pane centre" id="centre">
      <OpenTabs />
      {what === null ? (
        <Quiet />
      ) : (
        <>
          <CallerCard shown={what} />
          {what.callId && view.value.phase === "wrapping" ? (
            <WrapUp key={what.callId} callId={what.callId} />
          ) : (
            <Composer shown={what} />
          )}
          <Timeline key={what.customer?.id ?? what.callId} shown={what} />
        </>
      )}
    </main>
  );
}

/** Tell the server once the pop of an offer is on the glass; the phone rings only then. */
function useRenderedAck(): void {
  const id = offer.value?.id ?? null;
  const ready = id !== null && currentPop.value?.interaction_id === offer.value?.interaction_id;
  useLayoutEffect(() => {
    if (!id || !ready) return;
    afterPaint(() => {
      mark("pop_rendered", id);
      tellRendered(id);
    });
  }, [id, ready]);
}

function OpenTabs() {
  if (opened.value.length === 0) return null;
  const about = call.value ?? offer.value;
  return (
    <nav class="tabs strip" aria-label={t("centre.open")}>
      <button
        type="button"
        class="tab"
        aria-current={selected.value === null}
        onClick={() => (selected.value = null)}
      >
        <Icon name="phone" />
        <span class="truncate">
          {about || sip.value ? callerName(call.value, pop.value, sip.value) : t("centre.my_desk")}
        </span>
      </button>
      {opened.value.map(({ customer }) => (
        <span class="closable" key={customer.id}>
          <button
            type="button"
            class="tab"
            aria-current={selected.value === customer.id}
            onClick={() => (selected.value = customer.id)}
          >
            <Icon name={customer.kind === "company" ? "building" : "user"} />
            <span class="truncate">{customer.name}</span>
          </button>
          <Button
            kind="quiet"
            small
            icon="close"
            label={t("centre.close", { name: customer.name })}
            onClick={() => closeCustomer(customer.id)}
          />
        </span>
      ))}
    </nav>
  );
}

type QuietKey = "ready" | "no_phone" | "out" | "start" | "paused" | "missed" | "loose";

const QUIET_LOOK: Record<QuietKey, { tone: Tone; icon: IconName }> = {
  ready: { tone: "ready", icon: "phone" },
  no_phone: { tone: "alarm", icon: "alert" },
  out: { tone: "out", icon: "out" },
  start: { tone: "accent", icon: "coffee" },
  paused: { tone: "paused", icon: "coffee" },
  missed: { tone: "paused", icon: "alert" },
  loose: { tone: "ready", icon: "incoming" },
};

function quietKey(): QuietKey {
  const { kind, reason } = visibleState.value ?? { kind: "out", reason: null };
  if (view.value.phase === "loose" || view.value.phase === "loose_ringing") return "loose";
  if (kind === "ready" || kind === "no_phone" || kind === "out" || kind === "missed") return kind;
  return reason === "start" ? "start" : "paused";
}

/** Nothing to do yet: say why, and offer the first step. */
function Quiet() {
  const key = quietKey();
  const { tone, icon } = QUIET_LOOK[key];
  const missed = key === "ready" && (me.value?.missed ?? 0) > 0;
  return (
    <div class="calm">
      <span class={`medal tone-${tone}`}>
        <Icon name={icon} large />
      </span>
      <h1>{t(`quiet.${key}`)}</h1>
      <p class="soft">{t(`quiet.${key}_help`)}</p>
      {missed && (
        <Tag tone="paused" icon="alert">
          {t("quiet.ready_missed")}
        </Tag>
      )}
      <div class="row">
        {(key === "paused" || key === "out" || key === "start") && (
          <Button
            kind="good"
            icon="check"
            disabled={!canAsk.value}
            busy={pending.value.has("presence")}
            onClick={() => void setPresence("ready")}
          >
            {t("quiet.go")}
          </Button>
        )}
        <Button icon="search" onClick={() => (dialog.value = "search")}>
          {t("search.title")}
        </Button>
      </div>
    </div>
  );
}
