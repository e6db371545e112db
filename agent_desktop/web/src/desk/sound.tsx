// The phone: what it says of itself, which microphone and loudspeakers, how loud it rings.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { askNotifications, notesState } from "../alert/notes";
import { ringVolume, setRingVolume, tryRing } from "../alert/sound";
import { t, tryT } from "../i18n";
import { choose, chosen, devices, listDevices, type Part } from "../phone/devices";
import { phoneState } from "../phone/phone";
import { changeMicrophone, micProblem, sip } from "../phone/session";
import { me } from "../store/live";
import { Button, Tag } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { Field, Select } from "../ui/field";
import { MicrophoneCheck, ToneButton } from "./soundcheck";
import { closeDialog } from "./uistate";

export function SoundDialog() {
  useEffect(() => void listDevices(), []);
  const well = phoneState.value === "registered";
  return (
    <Dialog title={t("sound.title")} onClose={closeDialog}>
      <div class="stack wide sound">
        <div class="row">
          <Tag tone={well ? "ready" : "alarm"} icon={well ? "check" : "alert"}>
            {tryT(`phone.${phoneState.value}`, phoneState.value)}
          </Tag>
          <span class="small muted">{me.value?.endpoint}</span>
        </div>
        <Device part="microphone" kind="audioinput" />
        <MicrophoneCheck />
        <Device part="speaker" kind="audiooutput">
          <ToneButton />
        </Device>
        <Device part="ringer" kind="audiooutput" />
        <Volume />
        {micProblem.value && (
          <p class="small fg-alarm" role="alert">
            {micProblem.value}
          </p>
        )}
        <Notes />
      </div>
    </Dialog>
  );
}

/** Notifications: asked for here, or what to do when they were refused once. */
function Notes() {
  const state = useSignal(notesState());
  if (state.value === "none") return null;
  if (state.value === "denied") return <p class="small soft">{t("sound.notes_denied")}</p>;
  if (state.value === "granted") return <p class="small soft">{t("sound.notes_on")}</p>;
  return (
    <Button icon="bell" onClick={async () => (state.value = await askNotifications())}>
      {t("sound.allow_notes")}
    </Button>
  );
}

function Volume() {
  const volume = useSignal(ringVolume());
  return (
    <Field label={t("sound.volume")}>
      {({ id }) => (
        <div class="row">
          <input
            id={id}
            class="grow"
            type="range"
            min="0"
            max="1"
            step="0.05"
            value={volume.value}
            onInput={(event) => setRingVolume((volume.value = Number(event.currentTarget.value)))}
          />
          <Button small icon="play" onClick={tryRing}>
            {t("sound.try")}
          </Button>
        </div>
      )}
    </Field>
  );
}

interface DeviceProps {
  part: Part;
  kind: MediaDeviceKind;
  children?: ComponentChildren;
}

function Device({ part, kind, children }: DeviceProps) {
  const take = (picked: string): void => {
    choose(part, picked);
    if (part === "microphone" && sip.value?.state === "up") void changeMicrophone();
  };
  const options = devices.value
    .filter((each) => each.kind === kind && each.deviceId)
    .map((each) => ({ id: each.deviceId, label: each.label || t("sound.unnamed") }));
  const words = tryT(`sound.${part}`, part);
  return (
    <Field label={words}>
      {({ id }) => (
        <div class="row">
          <Select
            id={id}
            label={words}
            value={chosen.value[part]}
            options={[{ id: "", label: t("sound.default") }, ...options]}
            onPick={take}
          />
          {children}
        </div>
      )}
    </Field>
  );
}
