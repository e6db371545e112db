// Says where a half-written text is kept, and what to do when the server does not have it.

import { type Key, t } from "../i18n";
import { unkept } from "../store/drafts";
import { type Trouble, troubleOf } from "../store/keep";

const WORDS: Record<Trouble, Key> = {
  later: "composer.kept_later",
  refused: "composer.kept_refused",
  too_long: "composer.kept_too_long",
};

/** Where the words are kept just now: with the server, in this browser alone, or nowhere. */
export function KeptWords({ name, usual }: { name: string; usual: string }) {
  const trouble = troubleOf(name);
  const nowhere = trouble !== null && unkept.value.has(name);
  return (
    <span class={`small grow truncate ${trouble ? "fg-alarm" : "muted"}`} data-kept={trouble ?? "yes"}>
      {nowhere ? t("composer.not_kept") : trouble ? t(WORDS[trouble]) : usual}
    </span>
  );
}
