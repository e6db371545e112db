// Says in words what happened to me by somebody else: a colleague answered first, a call was not answered in time.

import { effect } from "@preact/signals";
import { t } from "../i18n";
import { me } from "./live";
import { toast } from "./toasts";

/** I answered, and did not get the caller: the platform was silent, or the switch's own queue had them. */
const NOT_GIVEN = new Set(["stale_claim", "answered_but_not_joined", "caller_in_fallback"]);

let last: string | null = null;
let taken: string | null | undefined;

/** Follow my state from now on; what it was when the page opened is no news. */
export function followNotices(): void {
  effect(() => {
    const state = me.value?.state;
    if (!state) return;
    const mark = `${state.kind} ${state.since}`;
    const news = last !== null && last !== mark;
    last = mark;
    if (!news) return;
    if (state.why === "no_answer") toast("info", t("notice.no_answer"));
    else if (state.why === "wrap_up_timed_out") toast("info", t("notice.wrap_up_over"));
    else if (state.why === "phone_unreachable" || state.why === "phone_silent")
      toast("bad", t("notice.phone_unreachable"));
    else if (NOT_GIVEN.has(state.why)) toast("bad", t("notice.not_given"));
    else if (state.why === "leg_gone") toast("info", t("notice.leg_gone"));
  });
  effect(() => {
    if (!me.value) return;
    const offer = me.value.taken ?? null;
    const news = taken !== undefined && offer !== null && offer.offer_id !== taken;
    taken = offer?.offer_id ?? null;
    // by the offer, not by my state: I may ring for the next caller already
    if (news) toast("info", offer.by ? t("notice.answered_by", { name: offer.by }) : t("notice.answered"));
  });
}
