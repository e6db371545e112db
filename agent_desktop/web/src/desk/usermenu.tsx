// My name: theme, language, sessions, sign out.

import { t } from "../i18n";
import { singles, singlesOn } from "../keys";
import { chooseAndKeepLanguage } from "../store/actions";
import { me } from "../store/live";
import { Icon } from "../ui/icon";
import { MenuItem } from "../ui/menu";
import { WhoMenu } from "../ui/whomenu";
import { signOut } from "./leave";
import { dialog, type DialogName, userMenu } from "./uistate";

export function UserMenu() {
  const show = (which: DialogName): void => {
    userMenu.value = false;
    dialog.value = which;
  };
  return (
    <WhoMenu
      open={userMenu}
      who={me.value}
      onLanguage={chooseAndKeepLanguage}
      onSignOut={() => void signOut()}
    >
      <MenuItem icon="speaker" onPick={() => show("sound")}>
        {t("sound.title")}
      </MenuItem>
      <MenuItem
        icon="keyboard"
        hint={singlesOn.value ? <kbd>{singles.value.list}</kbd> : undefined}
        onPick={() => show("keys")}
      >
        {t("keys.title")}
      </MenuItem>
      <MenuItem icon="device" onPick={() => show("sessions")}>
        {t("sessions.title")}
      </MenuItem>
      <MenuItem icon="shield" hint={<Icon name="external" />} onPick={() => elsewhere("/account")}>
        {t("account.title")}
      </MenuItem>
      {administers(me.value?.roles ?? []) && (
        <MenuItem icon="list" hint={<Icon name="external" />} onPick={() => elsewhere("/admin")}>
          {t("office.admin")}
        </MenuItem>
      )}
    </WhoMenu>
  );
}

/** Who has pages of their own in the administration. */
const administers = (roles: string[]): boolean =>
  roles.some((role) => ["admin", "supervisor"].includes(role));

/** In a tab of its own: the desk is never left in the middle of a call. */
function elsewhere(path: string): void {
  userMenu.value = false;
  open(path, "trunkline-office");
}
