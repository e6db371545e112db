// Does the microphone hear me, do I hear anything: looked at before the first call.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { chosen, micWords } from "../phone/devices";
import { testTone, watchLevel } from "../phone/level";
import { micProblem } from "../phone/session";
import { Button } from "../ui/basics";
import { Field } from "../ui/field";

/** A bar that moves with the voice; it stays empty when nothing is heard. */
export function MicrophoneCheck() {
  const bar = useRef<HTMLMeterElement>(null);
  const heard = useSignal(false);
  const device = chosen.value.microphone;
  useEffect(() => {
    let over = false;
    let stop = (): void => undefined;
    const show = (level: number): void => {
      if (bar.current) bar.current.value = level;
      if (level > 0.15) heard.value = true;
    };
    heard.value = false;
    watchLevel(show)
      .then((ended) => {
        if (over) return ended();
        stop = ended;
        micProblem.value = null;
      })
      .catch((failure: unknown) => (micProblem.value = micWords(failure)));
    return () => {
      over = true;
      stop();
    };
  }, [device]);
  return (
    <Field label={t("sound.level")}>
      {({ id }) => (
        <div class="row">
          <meter ref={bar} id={id} class="grow level" min={0} max={1} low={0.15} value={0} />
          <span class={heard.value ? "small fg-ready" : "small muted"} role="status">
            {t(heard.value ? "sound.heard" : "sound.say_something")}
          </span>
        </div>
      )}
    </Field>
  );
}

export function ToneButton() {
  return (
    <Button small icon="play" onClick={() => void testTone()}>
      {t("sound.tone")}
    </Button>
  );
}
