// My name: theme, language, sessions, sign out.

import { t } from "../i18n";
import { chooseAndKeepLanguage } from "../store/actions";
import { me } from "../store/live";
import { Avatar } from "../ui/basics";
import { Icon } from "../ui/icon";
import { Looks } from "../ui/looks";
import { Menu, MenuItem } from "../ui/menu";
import { signOut } from "./leave";
import { dialog, type DialogName, userMenu } from "./uistate";

export function UserMenu() {
  const name = me.value?.name ?? "";
  const show = (which: DialogName): void => {
    userMenu.value = false;
    dialog.value = which;
  };
  return (
    <Menu
      open={userMenu}
      end
      label={name}
      button={(props) => (
        <button type="button" class="whoami" {...props}>
          <Avatar name={name} />
          <span class="truncate">{name}</span>
          <Icon name="down" />
        </button>
      )}
    >
      <p class="head">{me.value?.login}</p>
      <Looks onLanguage={chooseAndKeepLanguage} />
      <hr />
      <MenuItem icon="speaker" onPick={() => show("sound")}>
        {t("sound.title")}
      </MenuItem>
      <MenuItem icon="keyboard" hint={<kbd>?</kbd>} onPick={() => show("keys")}>
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
      <hr />
      <MenuItem icon="out" onPick={() => ((userMenu.value = false), void signOut())}>
        {t("sign_out")}
      </MenuItem>
    </Menu>
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
