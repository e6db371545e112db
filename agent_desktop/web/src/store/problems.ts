// Says it when the switch could not do what was asked of a call, which is known only after the request was answered.

import { effect } from "@preact/signals";
import { tryT } from "../i18n";
import { call } from "./live";
import { toast } from "./toasts";

export function followProblems(): void {
  let before: string | null = null;
  effect(() => {
    const now = call.value?.stint?.problem ?? null;
    if (now && now !== before) toast("bad", tryT(`problem.${now}`, now));
    before = now;
  });
}
