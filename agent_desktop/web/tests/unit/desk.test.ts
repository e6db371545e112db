import { describe, expect, it } from "vitest";
import { adopt, apply, type Change, cursor, receive, type Replica } from "../../src/store/desk";
import type { Desk } from "../../src/types";
import { call, desk, iso, offer } from "./sample";

const snapshot = (seq: number, state: Desk) => ({ epoch: "e1", seq, now: iso(0), desk: state });

/** A small generator with a seed, so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const PARTS: ((n: number) => Partial<Desk>)[] = [
  (n) => ({ offer: offer({ id: `of-${n}` }) }),
  () => ({ offer: null }),
  () => ({ call: call("joined"), offer: null }),
  () => ({ call: null, pop: null }),
  (n) => ({
    queues: [{ id: "qu-1", name: "Service", waiting: n, longest_since: null, open: true, changes_at: null }],
  }),
  (n) => ({ link: { switch: n % 2 ? "up" : "down" } }),
];

describe("the replica of the desk", () => {
  it("given an old snapshot and all changes since, then it equals the new snapshot", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const dice = random(seed);
      let truth = desk();
      let replica: Replica | null = adopt(snapshot(10, truth));
      for (let seq = 11; seq < 11 + Math.floor(dice() * 30); seq += 1) {
        const set = PARTS[Math.floor(dice() * PARTS.length)]?.(seq) ?? {};
        truth = { ...truth, ...structuredClone(set) };
        const answer = receive(replica, { seq, now: iso(0), set });
        expect(answer.verdict).toBe("applied");
        replica = answer.replica;
        if (dice() < 0.2) expect(receive(replica, { seq, now: iso(0), set }).verdict).toBe("repeated");
      }
      expect(replica?.desk).toEqual(truth);
    }
  });

  it("given a change applied before, then nothing changes", () => {
    const replica = adopt(snapshot(5, desk()));
    const answer = receive(replica, { seq: 5, now: iso(0), set: { offer: offer() } });
    expect(answer).toEqual({ replica, verdict: "repeated" });
  });

  it("given a number left out, then it asks for a resume and keeps what it has", () => {
    const replica = adopt(snapshot(5, desk()));
    const answer = receive(replica, { seq: 7, now: iso(0), set: { offer: offer() } });
    expect(answer).toEqual({ replica, verdict: "gap" });
    expect(cursor(replica, false)).toEqual({ epoch: "e1", seq: 5 });
  });

  it("given the missed changes after the resume, then it goes on as if none had been missed", () => {
    const missed: Change[] = [6, 7].map((seq) => ({
      seq,
      now: iso(seq),
      set: {
        queues: [{ id: "q", name: "q", waiting: seq, longest_since: null, open: true, changes_at: null }],
      },
    }));
    let replica: Replica | null = adopt(snapshot(5, desk()));
    for (const change of missed) replica = receive(replica, change).replica;
    expect(replica?.seq).toBe(7);
    expect(replica?.desk.queues[0]?.waiting).toBe(7);
  });

  it("given no snapshot yet, or a gap behind a resume, then it asks for a whole snapshot", () => {
    expect(receive(null, { seq: 1, now: iso(0), set: {} }).verdict).toBe("gap");
    expect(cursor(null, false)).toEqual({ epoch: null, seq: null });
    expect(cursor(adopt(snapshot(5, desk())), true)).toEqual({ epoch: null, seq: null });
  });

  it("given a change, then what was applied to stays as it was", () => {
    const before = Object.freeze(desk());
    expect(apply(before, { offer: offer() }).offer?.id).toBe("of-1");
    expect(before.offer).toBeNull();
  });
});
