// The session ended while something was typed here: the sign-in opens in a window of its own, and the page stays.

import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { whoAmI } from "./account";
import { ended, SIGNED_IN } from "./leave";

const LOOK_MS = 2000;

const signIn = (): void =>
  void open(`/sign-in?next=${encodeURIComponent(SIGNED_IN)}`, "trunkline-sign-in", "width=480,height=760");

export function EndedDialog() {
  useEffect(() => {
    const timer = setInterval(() => void whoAmI().catch(() => undefined), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Dialog title={t("signed_out.session_ended")} onClose={() => (ended.value = false)}>
      <p class="soft">{t("office.ended_words")}</p>
      <div class="row dialog-foot">
        <Button onClick={() => (ended.value = false)}>{t("office.ended_look")}</Button>
        <Button kind="primary" icon="external" onClick={signIn} autoFocus>
          {t("sign_in.go")}
        </Button>
      </div>
    </Dialog>
  );
}
