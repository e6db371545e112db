// How loud the microphone hears, for the eye; and a tone for the ear.

import { chosen, openMicrophone } from "./devices";

const TONE_SECONDS = 1.2;

/** The loudness of samples around 128, 0 to 1, on a scale where speech fills about half. Pure. */
export function loudness(samples: Uint8Array): number {
  let sum = 0;
  for (const sample of samples) sum += ((sample - 128) / 128) ** 2;
  const effective = Math.sqrt(sum / Math.max(1, samples.length));
  if (effective < 0.001) return 0;
  return Math.min(1, Math.max(0, 1 + Math.log10(effective) / 2.5));
}

/** Call `show` ten times a second with the loudness, until the returned function is called. */
export async function watchLevel(show: (level: number) => void): Promise<() => void> {
  const stream = await openMicrophone();
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getByteTimeDomainData(samples);
    show(loudness(samples));
  }, 100);
  return () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    void context.close().catch(() => undefined);
  };
}

/** A short tone where voices come from. */
export async function testTone(): Promise<void> {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const element = new Audio() as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = 440;
  gain.gain.setValueAtTime(0, context.currentTime);
  gain.gain.linearRampToValueAtTime(0.3, context.currentTime + 0.05);
  gain.gain.setValueAtTime(0.3, context.currentTime + TONE_SECONDS - 0.1);
  gain.gain.linearRampToValueAtTime(0, context.currentTime + TONE_SECONDS);
  oscillator.connect(gain).connect(out);
  element.srcObject = out.stream;
  await element.setSinkId?.(chosen.value.speaker).catch(() => undefined);
  await element.play().catch(() => undefined);
  oscillator.onended = () => {
    element.srcObject = null;
    void context.close().catch(() => undefined);
  };
  oscillator.start();
  oscillator.stop(context.currentTime + TONE_SECONDS);
}
