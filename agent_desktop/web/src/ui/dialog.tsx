// A modal dialog on the browser's own: focus stays inside, Escape closes.

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "./basics";

interface DialogProps {
  title: string;
  onClose: () => void;
  /** Without a head, for search. */
  palette?: boolean;
  /** Of one size and place, whatever comes into it. */
  still?: boolean;
  children: ComponentChildren;
}

export function Dialog({ title, onClose, palette, still, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  // `onClose` decides alone: at a second Escape in a row browsers close a dialog whatever the page says.
  // At once, not after the next paint: whoever types on behind the shortcut types into the dialog.
  useLayoutEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={palette ? "palette" : still ? "still" : ""}
      aria-labelledby={id}
      onClose={() => !element.current?.open && element.current?.isConnected && element.current.showModal()}
      onCancel={(event) => (event.preventDefault(), onClose())}
      onPointerDown={(event) => event.target === element.current && onClose()}
    >
      {palette ? (
        <h2 class="sr" id={id}>
          {title}
        </h2>
      ) : (
        <header>
          <h2 id={id}>{title}</h2>
          <Button kind="quiet" icon="close" label={t("dialog.close")} onClick={onClose} />
        </header>
      )}
      {palette ? children : <div class="body">{children}</div>}
    </dialog>
  );
}
