// Microphone and loudspeakers: which ones, and what to say when they cannot be had.

import { signal } from "@preact/signals";
import { tryT } from "../i18n";
import { load, save } from "../store/local";

export type Part = "microphone" | "speaker" | "ringer";

/** The chosen device of each part; an empty id is the system's own choice. */
export const chosen = signal<Record<Part, string>>({
  microphone: "",
  speaker: "",
  ringer: "",
  ...load("devices", {}),
});
export const devices = signal<MediaDeviceInfo[]>([]);

export function choose(part: Part, id: string): void {
  chosen.value = { ...chosen.value, [part]: id };
  save("devices", chosen.value);
  if (part === "speaker") speaker.route(id);
}

export async function listDevices(): Promise<void> {
  devices.value = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
}

const KIND: Record<Part, MediaDeviceKind> = {
  microphone: "audioinput",
  speaker: "audiooutput",
  ringer: "audiooutput",
};

/** A chosen device that was unplugged or came back. */
export interface Moved {
  part: Part;
  label: string;
  here: boolean;
}

/** Which chosen devices differ between two lists. Pure. */
export function movedDevices(
  before: readonly Pick<MediaDeviceInfo, "kind" | "deviceId" | "label">[],
  after: readonly Pick<MediaDeviceInfo, "kind" | "deviceId" | "label">[],
  wanted: Record<Part, string>,
): Moved[] {
  return (Object.keys(KIND) as Part[]).flatMap((part) => {
    const mine = (each: { kind: MediaDeviceKind; deviceId: string }): boolean =>
      wanted[part] !== "" && each.kind === KIND[part] && each.deviceId === wanted[part];
    const [was, is] = [before.find(mine), after.find(mine)];
    if (!was === !is) return [];
    return [{ part, label: (is ?? was)?.label || "", here: is !== undefined }];
  });
}

/** Follow what is plugged in and out; `tell` hears of each chosen device that goes or comes. */
export function followDevices(tell: (moved: Moved) => void): void {
  navigator.mediaDevices?.addEventListener("devicechange", async () => {
    const before = devices.value;
    await listDevices();
    const moved = movedDevices(before, devices.value, chosen.value);
    for (const each of moved) {
      if (each.part === "speaker") speaker.route(each.here ? chosen.value.speaker : "");
      tell(each);
    }
  });
}

export async function openMicrophone(): Promise<MediaStream> {
  const id = chosen.value.microphone;
  const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  if (id) {
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: { ...wanted, deviceId: { exact: id } } });
    } catch (failure) {
      if (!["OverconstrainedError", "NotFoundError"].includes((failure as DOMException).name)) throw failure;
    }
  }
  return navigator.mediaDevices.getUserMedia({ audio: wanted });
}

/** Ask for the microphone before the first call needs it; returns what is wrong, or null. */
export async function askMicrophone(): Promise<string | null> {
  try {
    const stream = await openMicrophone();
    for (const track of stream.getTracks()) track.stop();
    void listDevices();
    return null;
  } catch (failure) {
    return micWords(failure);
  }
}

export function micWords(failure: unknown): string {
  const name = failure instanceof DOMException ? failure.name : "";
  return tryT(`mic.${name}`, tryT("mic.other", name, { name: name || "?" }));
}

class Speaker {
  private element: HTMLAudioElement | null = null;

  play(stream: MediaStream): void {
    this.element ??= this.make();
    this.element.srcObject = stream;
    this.element.play().catch(() => undefined);
  }

  stop(): void {
    if (this.element) this.element.srcObject = null;
  }

  route(id: string): void {
    const element = this.element as (HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> }) | null;
    element?.setSinkId?.(id).catch(() => undefined);
  }

  private make(): HTMLAudioElement {
    const made = document.createElement("audio");
    made.id = "remote-audio";
    made.autoplay = true;
    document.body.append(made);
    this.element = made;
    if (chosen.value.speaker) this.route(chosen.value.speaker);
    return made;
  }
}

export const speaker = new Speaker();
