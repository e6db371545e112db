// How the page looks and speaks, for the menu under one's name.

import { t, tryT, type Language, language, OFFERED } from "../i18n";
import { setTheme, type Theme, theme } from "../store/theme";
import { Icon, type IconName } from "./icon";
import { MenuItem } from "./menu";

const THEMES: [Theme, IconName][] = [
  ["auto", "auto"],
  ["light", "sun"],
  ["dark", "moon"],
];

export function Looks({ onLanguage }: { onLanguage: (next: Language) => void }) {
  return (
    <>
      <p class="head">{t("theme.title")}</p>
      <div class="segments" role="group" aria-label={t("theme.title")}>
        {THEMES.map(([id, icon]) => (
          <button
            key={id}
            type="button"
            role="menuitemradio"
            aria-checked={theme.value === id}
            onClick={() => setTheme(id)}
          >
            <Icon name={icon} />
            {tryT(`theme.${id}`, id)}
          </button>
        ))}
      </div>
      <p class="head">{t("language.title")}</p>
      {OFFERED.map(({ id, name: words }) => (
        <MenuItem key={id} checked={language.value === id} onPick={() => onLanguage(id)}>
          <span lang={id}>{words}</span>
        </MenuItem>
      ))}
    </>
  );
}
