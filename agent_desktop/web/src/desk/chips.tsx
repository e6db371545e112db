// Two small signs in the top bar: the phone with its line quality, and the connection to the server.

import { t, tryT } from "../i18n";
import { phoneState } from "../phone/phone";
import { quality } from "../phone/quality";
import { sip } from "../phone/session";
import { call, connection, desk } from "../store/live";
import type { Tone } from "../ui/basics";
import { Icon, type IconName } from "../ui/icon";
import { dialog } from "./uistate";

interface Look {
  tone: Tone;
  icon: IconName;
  word: string;
}

function phoneLook(): Look {
  const state = phoneState.value;
  if (state === "registered" && sip.value && quality.value && call.value?.stint?.state !== "held") {
    const tone = quality.value === "good" ? "ready" : quality.value === "fair" ? "paused" : "alarm";
    return { tone, icon: "signal", word: tryT(`quality.${quality.value}`, quality.value) };
  }
  const word = tryT(`phone.${state}`, state);
  if (state === "registered" || state === "beside") return { tone: "ready", icon: "phone", word };
  if (["elsewhere", "moved", "off"].includes(state)) return { tone: "out", icon: "phone", word };
  const waiting = state === "starting" || state === "connecting";
  return { tone: waiting ? "paused" : "alarm", icon: waiting ? "phone" : "alert", word };
}

export function PhoneChip() {
  const look = phoneLook();
  return (
    <button
      type="button"
      class={`chip fg-${look.tone}`}
      data-phone={phoneState.value}
      title={t("sound.title")}
      onClick={() => (dialog.value = "sound")}
    >
      <Icon name={look.icon} />
      <span>{look.word}</span>
    </button>
  );
}

export function ConnectionChip() {
  const live = connection.value === "live";
  const down = live && desk.value?.link.switch === "down";
  const tone = down || !live ? "alarm" : "ready";
  const word = down ? t("connection.switch_down") : tryT(`connection.${connection.value}`, connection.value);
  return (
    <span class={`chip fg-${tone}`} role="status">
      <Icon name={live && !down ? "wifi" : "wifiOff"} />
      <span>{word}</span>
    </span>
  );
}
