// What is wrong, in words, with what to do about it. The gravest first.

import type { ComponentChildren } from "preact";
import { openSound, silenced } from "../alert/sound";
import { t, tryT } from "../i18n";
import { phoneState, takeBack } from "../phone/phone";
import { micProblem } from "../phone/session";
import { setPresence } from "../store/actions";
import { clockFace, localNow, tick } from "../store/clock";
import { canAsk, connection, desk, me, refusedBecause, staleSince } from "../store/live";
import { visibleState } from "../store/view";
import { Button, type Tone } from "../ui/basics";
import { Icon } from "../ui/icon";
import { endedBecause, toSignIn } from "./leave";

export function Banners() {
  return (
    <div class="banners" role="region" aria-label={t("banner.region")} aria-live="assertive">
      <LineBanner />
      <PhoneBanner />
      <MissedBanner />
      {silenced.value && (
        <Banner
          tone="paused"
          title={t("banner.silenced")}
          action={
            <Button small kind="primary" icon="speaker" onClick={openSound}>
              {t("banner.sound_on")}
            </Button>
          }
        >
          {t("banner.silenced_help")}
        </Banner>
      )}
      {micProblem.value && (
        <Banner
          tone="alarm"
          title={t("mic.title")}
          action={
            <Button small onClick={() => (micProblem.value = null)}>
              {t("dialog.close")}
            </Button>
          }
        >
          {micProblem.value}
        </Banner>
      )}
    </div>
  );
}

function Banner({
  tone,
  title,
  action,
  children,
}: {
  tone: Tone;
  title: string;
  action?: ComponentChildren;
  children?: ComponentChildren;
}) {
  return (
    <div class={`banner tone-${tone}`}>
      <Icon name="alert" />
      <p class="grow">
        <strong>{title}</strong> {children}
      </p>
      {action}
    </div>
  );
}

function LineBanner() {
  if (connection.value === "signed_out") {
    const reason = endedBecause.value ?? "session_ended";
    return (
      <Banner
        tone="alarm"
        title={tryT(`signed_out.${reason}`, t("signed_out.session_ended"))}
        action={
          <Button small kind="primary" onClick={toSignIn}>
            {t("sign_in.again")}
          </Button>
        }
      >
        {t("signed_out.finish")}
      </Banner>
    );
  }
  if (connection.value === "stale") {
    void tick.value;
    const seconds = Math.max(0, Math.floor((localNow() - (staleSince.value ?? localNow())) / 1000));
    return (
      <Banner tone="alarm" title={t("banner.stale", { time: clockFace(seconds) })}>
        {refusedBecause.value
          ? tryT(`refused.${refusedBecause.value}`, t("banner.stale_help"))
          : t("banner.stale_help")}
      </Banner>
    );
  }
  if (desk.value?.link.switch === "down")
    return (
      <Banner tone="alarm" title={t("banner.switch")}>
        {t("banner.switch_help")}
      </Banner>
    );
  if (desk.value?.link.saving === false)
    return (
      <Banner tone="alarm" title={t("banner.saving")}>
        {t("banner.saving_help")}
      </Banner>
    );
  return null;
}

function PhoneBanner() {
  const state = phoneState.value;
  if (state === "moved")
    return (
      <Banner
        tone="paused"
        title={t("banner.phone_moved")}
        action={
          <Button small kind="primary" icon="phone" disabled={!canAsk.value} onClick={takeBack}>
            {t("banner.take_back")}
          </Button>
        }
      >
        {t("banner.phone_moved_help")}
      </Banner>
    );
  const words = ["none", "refused", "unsupported"].includes(state);
  const missing =
    me.value?.presence === "ready" &&
    me.value.device === "lost" &&
    canAsk.value &&
    desk.value?.link.switch === "up";
  const lost = missing && (state === "connecting" || state === "registered");
  if (!words && !lost) return null;
  return (
    <Banner tone="alarm" title={t("banner.phone")}>
      {tryT(`banner.phone_${state}`, "")}
    </Banner>
  );
}

/** What paused me without my asking, in words; null when I chose it. */
function pausedFor(): string | null {
  const state = visibleState.value;
  if (state?.kind === "missed") return t("banner.missed", { count: me.value?.missed ?? 0 });
  if (state?.kind !== "paused") return null;
  if (state.reason === "phone_silent") return t("banner.phone_silent");
  return state.reason === "phone_failing" ? t("banner.phone_failing") : null;
}

function MissedBanner() {
  const title = pausedFor();
  if (title === null) return null;
  return (
    <Banner
      tone="paused"
      title={title}
      action={
        <Button
          small
          kind="good"
          icon="check"
          disabled={!canAsk.value}
          onClick={() => void setPresence("ready")}
        >
          {t("banner.back")}
        </Button>
      }
    >
      {visibleState.value?.kind === "missed" ? t("banner.missed_help") : t("banner.phone_paused_help")}
    </Banner>
  );
}
