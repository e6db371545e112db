// An account as the server tells of it: its sessions, and the steps of a sign-in.

import type { Iso } from "../types";

export interface SessionRow {
  id: string;
  created_at: Iso;
  seen_at: Iso;
  ip: string | null;
  /** Every address that it was used from. */
  places?: string[];
  user_agent: string | null;
  method?: string;
  current: boolean;
}

/** A sign-in with a step to go. */
export interface Entering {
  stage: "code" | "password" | "enrol";
  csrf_token: string;
}

export interface Enrolment {
  secret: string;
  uri: string;
  svg: string;
}

export interface Security {
  has_password: boolean;
  second_step_at: Iso | null;
  second_step_required: boolean;
  recovery_codes_left: number;
}
