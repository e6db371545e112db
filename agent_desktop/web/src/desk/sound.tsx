// The phone: what it says of itself, which microphone and loudspeakers, how loud it rings.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { askNotifications } from "../alert/alert";
import { chime, ringVolume, setRingVolume } from "../alert/sound";
import { t, tryT } from "../i18n";
import { askMicrophone, choose, chosen, devices, listDevices, type Part } from "../phone/devices";
import { phoneState } from "../phone/phone";
import { micProblem } from "../phone/session";
import { me } from "../store/live";
import { Button, Tag } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { Field, Select } from "../ui/field";
import { closeDialog } from "./uistate";

const PARTS: [Part, MediaDeviceKind][] = [
  ["microphone", "audioinput"],
  ["speaker", "audiooutput"],
  ["ringer", "audiooutput"],
];

export function SoundDialog() {
  useEffect(() => void listDevices(), []);
  const well = phoneState.value === "registered";
  return (
    <Dialog title={t("sound.title")} onClose={closeDialog}>
      <div class="stack wide">
        <div class="row">
          <Tag tone={well ? "ready" : "alarm"} icon={well ? "check" : "alert"}>
            {tryT(`phone.${phoneState.value}`, phoneState.value)}
          </Tag>
          <span class="small muted">{me.value?.endpoint}</span>
        </div>
        {PARTS.map(([part, kind]) => (
          <Device key={part} part={part} kind={kind} />
        ))}
        <Volume />
        {micProblem.value && (
          <p class="small fg-alarm" role="alert">
            {micProblem.value}
          </p>
        )}
        <div class="row wrap">
          <Button icon="mic" onClick={async () => (micProblem.value = await askMicrophone())}>
            {t("sound.allow_mic")}
          </Button>
          <Button icon="bell" onClick={askNotifications}>
            {t("sound.allow_notes")}
          </Button>
        </div>
      </div>
    </Dialog>
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
          <Button small icon="play" onClick={chime}>
            {t("sound.try")}
          </Button>
        </div>
      )}
    </Field>
  );
}

function Device({ part, kind }: { part: Part; kind: MediaDeviceKind }) {
  const options = devices.value
    .filter((each) => each.kind === kind && each.deviceId)
    .map((each) => ({ id: each.deviceId, label: each.label || t("sound.unnamed") }));
  const words = tryT(`sound.${part}`, part);
  return (
    <Field label={words}>
      {({ id }) => (
        <Select
          id={id}
          label={words}
          value={chosen.value[part]}
          options={[{ id: "", label: t("sound.default") }, ...options]}
          onPick={(picked) => choose(part, picked)}
        />
      )}
    </Field>
  );
}
