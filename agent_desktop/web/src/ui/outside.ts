// Closes what is open when the pointer goes down elsewhere or Escape is pressed.

import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

export function useOutside(box: RefObject<HTMLElement | null>, open: boolean, close: () => void): void {
  useEffect(() => {
    if (!open) return undefined;
    const pointer = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) close();
    };
    const key = (event: KeyboardEvent): void => {
      if (event.key === "Escape") close();
    };
    addEventListener("pointerdown", pointer, true);
    addEventListener("keydown", key);
    return () => {
      removeEventListener("pointerdown", pointer, true);
      removeEventListener("keydown", key);
    };
  }, [open, close]);
}
