// Whether a call can be made just now and, if not, which of the server's own refusals says why: pure.

import type { Desk } from "../types";

export interface AboutDialling {
  desk: Pick<Desk, "me" | "offer" | "call" | "link"> | null;
  /** Whether the server can be asked. */
  live: boolean;
  /** Whether the phone of this tab is in a call. */
  engaged: boolean;
}

export type DialBar =
  | "offline"
  | "no_trunk"
  | "agent_out"
  | "finish_wrap_up_first"
  | "agent_busy"
  | "phone_not_there"
  | "link_down";

/** The id of the refusal that a dial would meet, in the order in which the server looks; null: nothing is in the way. */
export function barTo({ desk, live, engaged }: AboutDialling): DialBar | null {
  if (!desk || !live) return "offline";
  if (desk.link.trunk === false) return "no_trunk";
  if (desk.me.presence === "out") return "agent_out";
  if (desk.me.duty === "wrapping" || desk.call?.stint?.state === "wrapping") return "finish_wrap_up_first";
  if (desk.call || desk.offer || engaged || desk.me.duty !== "idle") return "agent_busy";
  if (desk.link.switch === "down") return "link_down";
  return desk.me.device === "lost" ? "phone_not_there" : null;
}
