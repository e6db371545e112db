// The password that an administrator hands over: shown once, changed by its person at the next sign-in.

import { t } from "../../i18n";
import type { StaffPerson } from "../types";
import { Button } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { CopyButton } from "../../ui/page";

interface HandOverProps {
  person: StaffPerson;
  password: string;
  onClose: () => void;
}

export function HandOver({ person, password, onClose }: HandOverProps) {
  return (
    <Dialog title={t("people.hand_over")} onClose={onClose}>
      <div class="stack wide">
        <p class="soft">{t("people.hand_over_lead", { name: person.name })}</p>
        <dl class="handover">
          <div>
            <dt>{t("people.login")}</dt>
            <dd>
              <code data-login>{person.login}</code>
            </dd>
          </div>
          <div>
            <dt>{t("sign_in.password")}</dt>
            <dd>
              <code data-password>{password}</code>
              <CopyButton text={password} />
            </dd>
          </div>
        </dl>
        <div class="row dialog-foot">
          <Button kind="primary" onClick={onClose} autoFocus>
            {t("people.handed_over")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
