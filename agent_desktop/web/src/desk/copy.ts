// To the clipboard, and said so.

import { t } from "../i18n";
import { toast } from "../store/toasts";

export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast("info", t("context.copied", { text }));
  } catch {
    toast("bad", t("context.not_copied"));
  }
}
