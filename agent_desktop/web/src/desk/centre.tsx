// The middle: whose work this is, the caller card, writing, and the history.

import { useLayoutEffect } from "preact/hooks";
import { t } from "../i18n";
import { mark } from "../marks";
import { sip } from "../phone/session";
import { callerName } from "../store/caller";
import { pending, setPresence } from "../store/actions";
import { call, canAsk, offer, pop } from "../store/live";
import { afterPaint } from "../store/paint";
import { tellRendered } from "../store/socket";
import { view, visibleState } from "../store/view";
import { closeCustomer, currentPop, opened, selected, shown } from "../store/work";
import { Button } from "../ui/basics";
import { Icon } from "../ui/icon";
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
    <div class="tabs strip" role="tablist" aria-label={t("centre.open")}>
      <button
        type="button"
        role="tab"
        aria-selected={selected.value === null}
        onClick={() => (selected.value = null)}
      >
        <Icon name="phone" />
        <span class="truncate">
          {about || sip.value ? callerName(call.value, pop.value, sip.value) : t("centre.my_desk")}
        </span>
      </button>
      {opened.value.map(({ customer }) => (
        <span class="closable" key={customer.id} role="presentation">
          <button
            type="button"
            role="tab"
            aria-selected={selected.value === customer.id}
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
    </div>
  );
}

/** Nothing to do yet: say why, and offer the first step. */
function Quiet() {
  const kind = visibleState.value?.kind ?? "out";
  const loose = view.value.phase === "loose" || view.value.phase === "loose_ringing";
  const key = loose ? "loose" : kind === "ready" || kind === "no_phone" || kind === "out" ? kind : "paused";
  return (
    <div class="calm">
      <span
        class={`medal tone-${loose || kind === "ready" ? "ready" : kind === "no_phone" ? "alarm" : kind === "out" ? "out" : "paused"}`}
      >
        <Icon
          name={
            loose
              ? "incoming"
              : kind === "ready"
                ? "phone"
                : kind === "no_phone"
                  ? "alert"
                  : kind === "out"
                    ? "out"
                    : "coffee"
          }
          large
        />
      </span>
      <h1>{t(`quiet.${key}`)}</h1>
      <p class="soft">{t(`quiet.${key}_help`)}</p>
      <div class="row">
        {(key === "paused" || key === "out") && (
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
