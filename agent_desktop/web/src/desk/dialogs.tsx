// Whatever dialog is open.

import { DialDialog } from "./dial";
import { SearchDialog } from "./search";
import { KeysDialog } from "./keysdialog";
import { SessionsDialog } from "./sessions";
import { SoundDialog } from "./sound";
import { TicketDialog } from "./ticketview";
import { dialog, ticketShown } from "./uistate";
import { WaitingDialog } from "./waiting";
import { WhyDialog } from "./why";

export function Dialogs() {
  if (ticketShown.value) return <TicketDialog ticket={ticketShown.value} />;
  switch (dialog.value) {
    case "search":
      return <SearchDialog />;
    case "dial":
      return <DialDialog />;
    case "keys":
      return <KeysDialog />;
    case "sessions":
      return <SessionsDialog />;
    case "sound":
      return <SoundDialog />;
    case "why":
      return <WhyDialog />;
    case "waiting":
      return <WaitingDialog />;
    default:
      return null;
  }
}
