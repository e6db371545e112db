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

export async function openMicrophone(): Promise<MediaStream> {
  const id = chosen.value.microphone;
  const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  if (id) {
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: { ...wanted, deviceId: { exact: id } } });
    } catch (failure) {
      if ((failure as DOMException).name !== "OverconstrainedError") throw failure;
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
