// Says that a chosen microphone or loudspeaker was unplugged, and that it is back.

import { t, tryT } from "../i18n";
import { changeMicrophone, sip } from "../phone/session";
import type { Moved } from "../phone/devices";
import { toast } from "../store/toasts";

export function sayDevice({ part, label, here }: Moved): void {
  const device = label || t("sound.unnamed");
  const use = tryT(`sound.${part}`, part);
  toast(here ? "good" : "bad", t(here ? "sound.back" : "sound.gone", { device, use }));
  if (here && part === "microphone" && sip.value?.state === "up") void changeMicrophone();
}
