// Says in words what happened to me by somebody else: a colleague answered first, a call was not answered in time.

import { effect } from "@preact/signals";
import { t } from "../i18n";
import { me } from "./live";
import { toast } from "./toasts";

let last: string | null = null;

/** Follow my state from now on; what it was when the page opened is no news. */
export function followNotices(): void {
  effect(() => {
    const state = me.value?.state;
    if (!state) return;
    const mark = `${state.kind} ${state.since}`;
    const news = last !== null && last !== mark;
    last = mark;
    if (!news) return;
    if (state.why === "answered_elsewhere") {
      toast("info", state.by ? t("notice.answered_by", { name: state.by }) : t("notice.answered"));
    } else if (state.why === "no_answer") toast("info", t("notice.no_answer"));
    else if (state.why === "wrap_up_timed_out") toast("info", t("notice.wrap_up_over"));
    else if (state.why === "phone_unreachable") toast("bad", t("notice.phone_unreachable"));
  });
}
