// The call bar: always at the same place, each button always in the same spot, and only what can be done now.

import { useEffect, useRef } from "preact/hooks";
import { type Key, t, tryT } from "../i18n";
import { isTyping, shortcut, typedJustNow } from "../keys";
import { phoneHere, phoneState } from "../phone/phone";
import { accepted, answer, setMuted, sip } from "../phone/session";
import { declineOffer, endCall, pending, toggleHold } from "../store/actions";
import { callerName, callerNumber } from "../store/caller";
import type { Phase } from "../store/callview";
import { clockFace, localNow, tick } from "../store/clock";
import { call, desk, offer, pop } from "../store/live";
import { view, visibleState } from "../store/view";
import type { Dial, Offer } from "../types";
import { Avatar, Button, Keys, Tag, Timer, TimeRing } from "../ui/basics";
import { Icon, type IconName } from "../ui/icon";
import { forgetUnreached, openDial, unreached } from "./dialling";
import { Keypad } from "./keypad";
import { keypadOpen } from "./uistate";
import { STATE_LOOK } from "./words";

export function CallBar() {
  const { phase } = view.value;
  return (
    <footer class="callbar" data-phase={phase} aria-label={t("callbar.title")}>
      <Party phase={phase} />
      <Controls />
      <Signs />
    </footer>
  );
}

function Party({ phase }: { phase: Phase }) {
  const state = visibleState.value;
  if (phase === "idle") {
    if (unreached.value) return <Unreached last={unreached.value} />;
    return (
      <div class="party muted">
        <Icon name="phone" large />
        <span class="truncate">{t(quietWords())}</span>
      </div>
    );
  }
  const name = callerName(call.value, pop.value, sip.value);
  const number = callerNumber(call.value, sip.value);
  const loose = phase === "loose" || phase === "loose_ringing";
  const ringing = phase === "offered" && offer.value;
  return (
    <div class="party">
      {ringing ? <TimeRing from={ringing.made_at} to={ringing.deadline} size={40} /> : <Avatar name={name} />}
      <span class="stack tight">
        <span class="strong truncate">{name}</span>
        <span class="small soft truncate">
          {t(
            ringing
              ? ringWords(ringing)
              : loose
                ? "callbar.fallback"
                : phase === "dialling"
                  ? dialWords()
                  : (`phase.${phase}` as Key),
          )}
          {number && number !== name && ` · ${number}`}
        </span>
      </span>
      {state && <Clock phase={phase} />}
    </div>
  );
}

/** What came of a call that reached nobody, and the way to try again. */
function Unreached({ last }: { last: Dial }) {
  const why = last.why ? tryT(`dial_why.${last.outcome}_${last.why}`, "") : "";
  return (
    <div class="party" role="status">
      <Icon name="phone" large />
      <span class="stack tight">
        <span class={why ? "small said" : "strong said"}>
          {why || tryT(`outcome.${last.outcome}`, t("outcome.failed"))}
        </span>
        <span class="small soft truncate">{last.display}</span>
      </span>
      <Button small icon="phone" onClick={() => openDial(last.number, last.customer_id)}>
        {t("dial.again")}
      </Button>
      <Button kind="quiet" small icon="close" label={t("dialog.close")} onClick={forgetUnreached} />
    </div>
  );
}

/** Ringing is said once it rings there. */
function dialWords(): Key {
  return desk.value?.dial?.ringing_at ? "phase.ringing_there" : "phase.dialling";
}

function quietWords(): Key {
  const state = phoneState.value;
  return state === "elsewhere" ? "callbar.elsewhere" : state === "moved" ? "callbar.moved" : "callbar.idle";
}

const RINGS_WITHIN_MS = 3000;

/** Where it rings. A phone that is registered here but stays quiet was taken by another browser of the same person. */
function ringWords(now: Offer): Key {
  if (phoneState.value === "beside") return "callbar.beside";
  if (phoneState.value === "moved") return "callbar.rings_elsewhere";
  const quiet = phoneState.value === "registered" && !sip.value;
  const late = quiet && tick.value - Date.parse(now.made_at) > RINGS_WITHIN_MS;
  return late ? "callbar.rings_elsewhere" : "phase.offered";
}

function Clock({ phase }: { phase: Phase }) {
  const since = visibleState.value?.since;
  const look = STATE_LOOK[visibleState.value?.kind ?? "talking"];
  if (phase === "loose" || phase === "loose_ringing") {
    void tick.value;
    return (
      <span class="clock fg-busy">
        {clockFace(Math.floor((localNow() - (sip.value?.since ?? localNow())) / 1000))}
      </span>
    );
  }
  return since ? (
    <span class={`clock fg-${look.tone}`}>
      <Timer since={since} />
    </span>
  ) : null;
}

function Controls() {
  const { can, phase } = view.value;
  return (
    <div class="controls" role="toolbar" aria-label={t("callbar.title")}>
      {can.answer && <AnswerButton />}
      {can.mute && <MuteButton />}
      {(phase === "held" || phase === "talking") && <HoldButton held={phase === "held"} />}
      {can.keypad && <KeypadButton />}
      {can.decline && <EndButton act="decline" onPress={declineOffer} />}
      {can.end && <EndButton act="end" onPress={endCall} />}
    </div>
  );
}

function MuteButton() {
  const muted = sip.value?.muted ?? false;
  return (
    <Control
      icon={muted ? "micOff" : "mic"}
      word={t(muted ? "callbar.unmute" : "callbar.mute")}
      keys={shortcut("mute")}
      on={muted}
      kind="hush"
      slot="a"
      onPress={() => setMuted(!muted)}
    />
  );
}

function HoldButton({ held }: { held: boolean }) {
  const { can } = view.value;
  return (
    <Control
      icon={held ? "play" : "pause"}
      word={t(held ? "callbar.resume" : "callbar.hold")}
      keys={shortcut("hold")}
      on={held}
      kind="rest"
      busy={pending.value.has("hold")}
      disabled={!can.hold && !can.resume}
      slot="b"
      onPress={() => void toggleHold()}
    />
  );
}

function KeypadButton() {
  return (
    <div class="slot-c picker">
      <Control
        icon="keypad"
        word={t("callbar.keypad")}
        keys={shortcut("keypad")}
        on={keypadOpen.value}
        slot="c"
        onPress={() => (keypadOpen.value = !keypadOpen.value)}
      />
      {keypadOpen.value && <Keypad />}
    </div>
  );
}

function EndButton({ act, onPress }: { act: "decline" | "end"; onPress: () => Promise<void> }) {
  return (
    <Control
      icon="end"
      word={t(`callbar.${act}`)}
      keys={shortcut(act)}
      kind="danger"
      busy={pending.value.has(act)}
      slot="d"
      onPress={() => void onPress()}
    />
  );
}

/** Takes the focus when it appears, so that Enter answers, unless somebody is typing or was a moment ago. */
function AnswerButton() {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    let timer = 0;
    const take = (): void => {
      if (typedJustNow()) timer = window.setTimeout(take, 200);
      else if (!isTyping(document.activeElement) && !document.querySelector("dialog[open]"))
        button.current?.focus({ preventScroll: true });
    };
    take();
    return () => clearTimeout(timer);
  }, []);
  const waiting =
    sip.value?.state === "answering" || (accepted.value !== null && accepted.value === offer.value?.id);
  return (
    <button
      ref={button}
      type="button"
      class="control good slot-answer"
      aria-busy={waiting}
      onClick={() => void answer()}
      aria-keyshortcuts="Enter Control+Shift+A"
    >
      <Icon name={waiting ? "spinner" : "phone"} large />
      <span>{t(waiting ? "callbar.answering" : "callbar.answer")}</span>
      <Keys of="Enter" />
    </button>
  );
}

interface ControlProps {
  icon: IconName;
  word: string;
  keys: string;
  slot: string;
  on?: boolean;
  kind?: string;
  busy?: boolean;
  disabled?: boolean;
  onPress: () => void;
}

function Control({ icon, word, keys, slot, on, kind = "", busy, disabled, onPress }: ControlProps) {
  return (
    <button
      type="button"
      class={`control ${kind} slot-${slot}`}
      title={`${word} (${keys})`}
      aria-pressed={on}
      aria-busy={busy}
      disabled={disabled ?? false}
      onClick={onPress}
    >
      <Icon name={busy ? "spinner" : icon} large />
      <span>{word}</span>
    </button>
  );
}

/** Where the talk is, when it is not in this tab. */
function voiceWords(): Key {
  if (phoneState.value === "beside") return "callbar.on_phone";
  return phoneHere.value ? "callbar.no_voice" : "callbar.talk_elsewhere";
}

function Signs() {
  const here = sip.value;
  const inCall = view.value.phase === "talking" || view.value.phase === "held";
  return (
    <div class="signs">
      {here?.muted && (
        <Tag tone="alarm" icon="micOff">
          {t("callbar.muted")}
        </Tag>
      )}
      {inCall && !here && <Tag icon="phone">{t(voiceWords())}</Tag>}
      {call.value?.recording && inCall && (
        <Tag tone="alarm" icon="record">
          {t("caller.recording")}
        </Tag>
      )}
      {call.value?.from_fallback && (
        <Tag tone="paused" icon="info">
          {tryT("callbar.from_fallback", "")}
        </Tag>
      )}
    </div>
  );
}
