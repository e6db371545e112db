import { describe, expect, it } from "vitest";
import { type Known, type SipCall, viewCall } from "../../src/store/callview";
import { call, offer, T0 } from "./sample";

const ringing: SipCall = {
  state: "ringing",
  muted: false,
  number: "02079460958",
  name: null,
  since: T0,
  interaction: null,
};
const up: SipCall = { ...ringing, state: "up" };

function see(more: Partial<Known>) {
  return viewCall({
    desk: { offer: null, call: null },
    sip: null,
    live: true,
    phoneHere: true,
    now: T0,
    ...more,
  });
}

const possible = (view: ReturnType<typeof see>): string[] =>
  Object.entries(view.can)
    .filter(([, can]) => can)
    .map(([name]) => name);

describe("what the call bar shows and allows", () => {
  it("given nothing, then nothing can be done", () => {
    expect(see({}).phase).toBe("idle");
    expect(possible(see({}))).toEqual([]);
  });

  it("given a number that is being dialled, then it can be ended, and the phone answers by itself", () => {
    const view = see({ desk: { offer: null, call: call("dialling") } });
    expect(view.phase).toBe("dialling");
    expect(possible(view)).toEqual(["end"]);
    const mine = see({ desk: { offer: null, call: call("dialling") }, sip: ringing });
    expect(mine.phase).toBe("dialling");
    expect(possible(mine)).toEqual(["end"]);
    expect(see({ desk: { offer: null, call: call("joined") }, sip: up }).phase).toBe("talking");
  });

  it("given an offer before its INVITE, then it can be answered and declined", () => {
    const view = see({ desk: { offer: offer(), call: call("offered") } });
    expect(view.phase).toBe("offered");
    expect(possible(view)).toEqual(["answer", "decline"]);
  });

  it("given an offer while the phone is in another tab, then it can only be declined here", () => {
    expect(possible(see({ desk: { offer: offer(), call: null }, phoneHere: false }))).toEqual(["decline"]);
  });

  it("given a call that is up, then it can be muted, held, keyed and ended", () => {
    const view = see({ desk: { offer: null, call: call("joined") }, sip: up });
    expect(view.phase).toBe("talking");
    expect(possible(view).sort()).toEqual(["end", "hold", "keypad", "mute"]);
  });

  it("given a held call, then it can be resumed, muted and ended but not keyed", () => {
    const view = see({ desk: { offer: null, call: call("held") }, sip: up });
    expect(view.phase).toBe("held");
    expect(possible(view).sort()).toEqual(["end", "mute", "resume"]);
  });

  it("given a held call whose phone was lost and rings again, then it can be answered", () => {
    const view = see({ desk: { offer: null, call: call("held") }, sip: ringing });
    expect(view.phase).toBe("offered");
    expect(possible(view)).toEqual(["answer", "decline"]);
  });

  it("given a call and a silent server, then what goes by SIP still works and the rest does not", () => {
    const view = see({ desk: { offer: null, call: call("joined") }, sip: up, live: false });
    expect(view.phase).toBe("talking");
    expect(possible(view).sort()).toEqual(["end", "keypad", "mute"]);
  });

  it("given a ringing phone and no offer, then it is a fallback call and can be answered", () => {
    for (const live of [true, false]) {
      const view = see({ sip: ringing, live });
      expect(view.phase).toBe("loose_ringing");
      expect(possible(view)).toEqual(["answer", "decline"]);
    }
  });

  it("given wrap-up of the last call and a ringing phone, then that ringing is another call", () => {
    expect(see({ desk: { offer: null, call: call("wrapping") }, sip: ringing, live: false }).phase).toBe(
      "loose_ringing",
    );
  });

  it("given wrap-up while the leg of that call still stands, then it is wrap-up and the leg can be ended", () => {
    const view = see({ desk: { offer: null, call: call("wrapping") }, sip: { ...up, interaction: "ix-1" } });
    expect(view.phase).toBe("wrapping");
    expect(possible(view)).toEqual(["end"]);
  });

  it("given a silent server and an offer long past, then the ringing phone is another call", () => {
    const desk = { offer: offer(), call: call("offered") };
    expect(see({ desk, sip: ringing, live: false, now: T0 + 5_000 }).phase).toBe("offered");
    expect(see({ desk, sip: ringing, live: false, now: T0 + 30_000 }).phase).toBe("loose_ringing");
    expect(see({ desk, live: false, now: T0 + 30_000 }).phase).toBe("idle");
  });

  it("given a silent server and another number, then the ringing phone is another call", () => {
    const desk = { offer: offer(), call: call("offered", "+34910470123") };
    expect(see({ desk, sip: ringing, live: false, now: T0 + 1_000 }).phase).toBe("loose_ringing");
    expect(see({ desk, sip: ringing, live: true, now: T0 + 1_000 }).phase).toBe("offered");
  });

  it("given a silent server and a SIP call that has ended, then the old call is not shown as going on", () => {
    expect(see({ desk: { offer: null, call: call("joined") }, live: false }).phase).toBe("idle");
  });

  it("given the call in another tab, then it can be held and ended through the server", () => {
    expect(possible(see({ desk: { offer: null, call: call("joined") }, phoneHere: false })).sort()).toEqual([
      "end",
      "hold",
    ]);
  });
});
