// The page of one thing while it is on its way, or when it cannot be had.

import { isGone, wordsFor } from "../api";
import { t } from "../i18n";
import { Button, Empty } from "../ui/basics";
import { Page } from "../ui/page";

interface Props {
  /** The list that it belongs to. */
  back: { to: string; label: string };
  /** Why it cannot be had; null while it comes. */
  failure: unknown;
  /** In place of the failure's own words. */
  words?: string | undefined;
  again: () => Promise<void>;
}

export function NotYet({ back, failure, words, again }: Props) {
  const said = words ?? (failure ? wordsFor(failure) : "");
  if (!said)
    return (
      <Page narrow title="…" back={back}>
        <div class="ghost-block tall" aria-busy />
      </Page>
    );
  return (
    <Page title={back.label} back={back}>
      <Empty icon="alert" title={said}>
        {!isGone(failure) && <Button onClick={() => void again()}>{t("list.again")}</Button>}
      </Empty>
    </Page>
  );
}
