// Ring and key tones, synthesised: no file, no licence, nothing to load.

import { signal } from "@preact/signals";
import { chosen } from "../phone/devices";
import { load, save } from "../store/local";

type Context = AudioContext & { setSinkId?: (id: string) => Promise<void> };

let context: Context | null = null;
let ringer: ReturnType<typeof setInterval> | undefined;
let volume = load("ring-volume", 0.6);

/** The browser lets nothing be heard until the page is clicked or a key is pressed, as after a reload. */
export const silenced = signal(false);

/** A context that may sound does so within this. */
const SETTLES_MS = 300;
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const KEYS = "123456789*0#";

export function ringVolume(): number {
  return volume;
}

export function setRingVolume(next: number): void {
  volume = next;
  save("ring-volume", next);
}

/** Two soft rising pairs, then a rest, until stopped. */
export function startRinging(): void {
  if (ringer) return;
  void route();
  chime();
  ringer = setInterval(chime, 2400);
}

/** Find out before the first ring whether it will be heard, and open the sound at the first click or key. */
export function watchSound(): void {
  const look = (): void => {
    silenced.value = audio()?.state === "suspended";
  };
  audio()?.addEventListener("statechange", look);
  setTimeout(look, SETTLES_MS);
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, openSound, { capture: true });
}

/** To be called by a gesture: a ring that nobody could hear is heard from here on. */
export function openSound(): void {
  const to = audio();
  if (to?.state !== "suspended") return;
  void to.resume().then(() => ringer && chime(), noSound);
}

const noSound = (): void => undefined;

export function stopRinging(): void {
  clearInterval(ringer);
  ringer = undefined;
}

/** One ring, where rings come from. */
export async function tryRing(): Promise<void> {
  await route();
  chime();
}

function chime(): void {
  silenced.value = audio()?.state === "suspended";
  const at = audio()?.currentTime ?? 0;
  [0, 0.5].forEach((shift) => {
    tone(659.25, at + shift, 0.22, volume * 0.35);
    tone(880, at + shift + 0.14, 0.34, volume * 0.35);
  });
}

/** The tone pair of a keypad key, quietly, as a confirmation to the ear. */
export function beep(key: string): void {
  const index = KEYS.indexOf(key);
  if (index < 0) return;
  const at = audio()?.currentTime ?? 0;
  tone(ROWS[Math.floor(index / 3)] ?? 0, at, 0.12, 0.05);
  tone(COLUMNS[index % 3] ?? 0, at, 0.12, 0.05);
}

function audio(): Context | null {
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") void context.resume().catch(noSound);
    return context;
  } catch {
    return null;
  }
}

async function route(): Promise<void> {
  const id = chosen.peek().ringer;
  await audio()
    ?.setSinkId?.(id)
    .catch(() => undefined);
}

function tone(frequency: number, at: number, length: number, level: number): void {
  const to = audio();
  if (!to) return;
  const oscillator = to.createOscillator();
  const gain = to.createGain();
  oscillator.type = "sine";
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(level, at + 0.015);
  gain.gain.setValueAtTime(level, at + length * 0.6);
  gain.gain.linearRampToValueAtTime(0, at + length);
  oscillator.connect(gain).connect(to.destination);
  oscillator.start(at);
  oscillator.stop(at + length + 0.02);
}
