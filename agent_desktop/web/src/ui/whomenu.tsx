// My name in the top bar, with what is mine: looks, language, pages of my own, the way out.

import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { type Language, t } from "../i18n";
import { Avatar } from "./basics";
import { Icon } from "./icon";
import { Looks } from "./looks";
import { Menu, MenuItem } from "./menu";

interface WhoMenuProps {
  open: Signal<boolean>;
  who: { name: string; login: string } | null;
  onLanguage: (next: Language) => void;
  onSignOut: () => void;
  children: ComponentChildren;
}

export function WhoMenu({ open, who, onLanguage, onSignOut, children }: WhoMenuProps) {
  const name = who?.name ?? "";
  const out = (): void => {
    open.value = false;
    onSignOut();
  };
  return (
    <Menu
      open={open}
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
      <p class="head">{who?.login}</p>
      <Looks onLanguage={onLanguage} />
      <hr />
      {children}
      <hr />
      <MenuItem icon="out" onPick={out}>
        {t("sign_out")}
      </MenuItem>
    </Menu>
  );
}
