// My name: theme, language, sessions, sign out.

import type { ComponentChildren } from "preact";
import { language, OFFERED, t, tryT } from "../i18n";
import { chooseAndKeepLanguage } from "../store/actions";
import { me } from "../store/live";
import { setTheme, type Theme, theme } from "../store/theme";
import { Avatar } from "../ui/basics";
import { Icon, type IconName } from "../ui/icon";
import { Menu, MenuItem } from "../ui/menu";
import { signOut } from "./leave";
import { dialog, type DialogName, userMenu } from "./uistate";

const THEMES: [Theme, IconName][] = [
  ["auto", "auto"],
  ["light", "sun"],
  ["dark", "moon"],
];

export function UserMenu() {
  const name = me.value?.name ?? "";
  const open = (which: DialogName): void => {
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
      <Looks />
      <hr />
      <MenuItem icon="speaker" onPick={() => open("sound")}>
        {t("sound.title")}
      </MenuItem>
      <MenuItem icon="keyboard" hint={<kbd>?</kbd>} onPick={() => open("keys")}>
        {t("keys.title")}
      </MenuItem>
      <MenuItem icon="device" onPick={() => open("sessions")}>
        {t("sessions.title")}
      </MenuItem>
      <hr />
      <MenuItem icon="out" onPick={() => ((userMenu.value = false), void signOut())}>
        {t("sign_out")}
      </MenuItem>
    </Menu>
  );
}

/** How the page looks and speaks. */
function Looks() {
  return (
    <>
      <Segments label={t("theme.title")}>
        {THEMES.map(([id, icon]) => (
          <Segment key={id} on={theme.value === id} onPick={() => setTheme(id)}>
            <Icon name={icon} />
            {tryT(`theme.${id}`, id)}
          </Segment>
        ))}
      </Segments>
      <p class="head">{t("language.title")}</p>
      {OFFERED.map(({ id, name: words }) => (
        <MenuItem key={id} checked={language.value === id} onPick={() => chooseAndKeepLanguage(id)}>
          <span lang={id}>{words}</span>
        </MenuItem>
      ))}
    </>
  );
}

function Segments({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <>
      <p class="head">{label}</p>
      <div class="segments" role="group" aria-label={label}>
        {children}
      </div>
    </>
  );
}

function Segment({ on, onPick, children }: { on: boolean; onPick: () => void; children: ComponentChildren }) {
  return (
    <button type="button" role="menuitemradio" aria-checked={on} onClick={onPick}>
      {children}
    </button>
  );
}
