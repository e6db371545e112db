// Who I am, my state, the way to anybody, and whether line and phone are well.

import { t } from "../i18n";
import { singles, singlesOn } from "../keys";
import { me } from "../store/live";
import { Button, Keys } from "../ui/basics";
import { Icon } from "../ui/icon";
import { Logo } from "../ui/logo";
import { ConnectionChip, PhoneChip } from "./chips";
import { openDial } from "./dialling";
import { StateSwitch } from "./stateswitch";
import { dialog } from "./uistate";
import { UserMenu } from "./usermenu";

export function TopBar() {
  if (!me.value) return null;
  return (
    <header class="topbar">
      <div class="side">
        <span class="brand">
          <Logo />
          <span class="name">{t("app.name")}</span>
        </span>
        <StateSwitch />
      </div>
      <button
        type="button"
        class="find"
        onClick={() => (dialog.value = "search")}
        aria-keyshortcuts={singlesOn.value ? `Control+K ${singles.value.find}` : "Control+K"}
      >
        <Icon name="search" />
        <span class="grow truncate">{t("search.prompt")}</span>
        <Keys of="Ctrl+K" />
      </button>
      <div class="side end">
        <Button icon="keypad" kind="quiet" label={t("dial.title")} onClick={() => openDial()} />
        <PhoneChip />
        <ConnectionChip />
        <Button
          kind="quiet"
          icon="keyboard"
          label={t("keys.title")}
          onClick={() => (dialog.value = "keys")}
        />
        <UserMenu />
      </div>
    </header>
  );
}
