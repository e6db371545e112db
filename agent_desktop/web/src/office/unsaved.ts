// Words that were typed and not saved: leaving asks first.

import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { mayLeave } from "./router";

/** Watches a form's values against what is saved; returns what to call once they are. */
export function useUnsaved<V extends object>(values: Signal<V>, saved: V): () => void {
  const done = useRef(false);
  const dirty = JSON.stringify(values.value) !== JSON.stringify(saved);
  useEffect(() => {
    mayLeave.value = dirty && !done.current ? () => confirm(t("office.unsaved")) : null;
  }, [dirty]);
  useEffect(() => () => void (mayLeave.value = null), []);
  return () => {
    done.current = true;
    mayLeave.value = null;
  };
}
