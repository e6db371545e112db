// A button that opens a menu: arrow keys walk it, Escape closes it, focus comes back.

import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { useCallback, useEffect, useRef } from "preact/hooks";
import type { Signal } from "@preact/signals";
import { Icon, type IconName } from "./icon";
import { useOutside } from "./outside";

interface MenuProps {
  open: Signal<boolean>;
  label: string;
  button: (props: ButtonHTMLAttributes<HTMLButtonElement>) => ComponentChildren;
  end?: boolean;
  children: ComponentChildren;
}

export function Menu({ open, label, button, end, children }: MenuProps) {
  const box = useRef<HTMLDivElement>(null);
  const shut = useCallback(() => (open.value = false), [open]);
  useOutside(box, open.value, shut);
  useEffect(() => {
    if (open.value) items(box.current)[0]?.focus();
  }, [open.value]);
  return (
    <div class="picker" ref={box}>
      {button({
        "aria-haspopup": "menu",
        "aria-expanded": open.value,
        onClick: () => (open.value = !open.value),
      })}
      {open.value && (
        <div
          class={end ? "menu below end" : "menu below"}
          role="menu"
          aria-label={label}
          onKeyDown={(e) => walk(e, box.current)}
        >
          {children}
        </div>
      )}
    </div>
  );
}

function items(box: HTMLElement | null): HTMLElement[] {
  return [...(box?.querySelectorAll<HTMLElement>('[role^="menuitem"]:not(:disabled)') ?? [])];
}

function walk(event: KeyboardEvent, box: HTMLElement | null): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (event.key === "Escape") box?.querySelector<HTMLElement>('[aria-haspopup="menu"]')?.focus();
  if (!step) return;
  event.preventDefault();
  const all = items(box);
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[(at + step + all.length) % all.length]?.focus();
}

interface ItemProps {
  icon?: IconName;
  checked?: boolean;
  disabled?: boolean;
  hint?: ComponentChildren;
  tone?: string;
  onPick: () => void;
  children: ComponentChildren;
}

export function MenuItem({ icon, checked, disabled, hint, tone, onPick, children }: ItemProps) {
  const radio = checked !== undefined;
  return (
    <button
      type="button"
      class="item"
      role={radio ? "menuitemradio" : "menuitem"}
      aria-checked={radio ? checked : undefined}
      disabled={disabled ?? false}
      onClick={onPick}
    >
      {icon && (
        <span class={tone ? `dotted tone-${tone}` : "dotted"}>
          <Icon name={icon} />
        </span>
      )}
      <span class="truncate">{children}</span>
      {hint && <span class="hint">{hint}</span>}
      {checked && (
        <span class="check">
          <Icon name="check" />
        </span>
      )}
    </button>
  );
}
