// Ring and key tones, synthesised: no file, no licence, nothing to load.

import { chosen } from "../phone/devices";
import { load, save } from "../store/local";

type Context = AudioContext & { setSinkId?: (id: string) => Promise<void> };

let context: Context | null = null;
let ringer: ReturnType<typeof setInterval> | undefined;
let volume = load("ring-volume", 0.6);

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
    if (context.state === "suspended") void context.resume().catch(() => undefined);
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
