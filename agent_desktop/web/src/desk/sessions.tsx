// Where I am signed in; any other place can be signed out.

import { t } from "../i18n";
import { SessionList } from "../people/sessions";
import { Dialog } from "../ui/dialog";
import { closeDialog } from "./uistate";

export function SessionsDialog() {
  return (
    <Dialog title={t("sessions.title")} onClose={closeDialog}>
      <SessionList path="/api/sessions" others={t("sessions.end_others")} />
    </Dialog>
  );
}
