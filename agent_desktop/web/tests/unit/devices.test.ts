import { describe, expect, it } from "vitest";
import { movedDevices } from "../../src/phone/devices";
import { loudness } from "../../src/phone/level";

const headset = { kind: "audioinput", deviceId: "h1", label: "Headset" } as const;
const desk = { kind: "audioinput", deviceId: "d1", label: "Desk microphone" } as const;
const wanted = { microphone: "h1", speaker: "", ringer: "" };

describe("devices", () => {
  it("given the chosen one unplugged and plugged in again, then both are told", () => {
    expect(movedDevices([headset, desk], [desk], wanted)).toEqual([
      { part: "microphone", label: "Headset", here: false },
    ]);
    expect(movedDevices([desk], [headset, desk], wanted)).toEqual([
      { part: "microphone", label: "Headset", here: true },
    ]);
  });

  it("given another one unplugged, or none chosen, then nothing is said", () => {
    expect(movedDevices([headset, desk], [headset], wanted)).toEqual([]);
    expect(movedDevices([headset], [], { microphone: "", speaker: "", ringer: "" })).toEqual([]);
  });
});

describe("loudness", () => {
  it("given silence it is nothing, given a full swing all, given speech about half", () => {
    const wave = (swing: number): Uint8Array =>
      Uint8Array.from({ length: 1024 }, (_, i) => Math.round(128 + swing * Math.sin(i / 5)));
    expect(loudness(wave(0))).toBe(0);
    expect(loudness(wave(127))).toBeGreaterThan(0.9);
    expect(loudness(wave(6))).toBeGreaterThan(0.3);
    expect(loudness(wave(6))).toBeLessThan(0.7);
  });
});
