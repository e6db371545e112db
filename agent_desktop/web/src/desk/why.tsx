// Why this call came to me: each agent who was considered, and what spoke for or against.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, wordsFor } from "../api";
import { t } from "../i18n";
import { call, offer } from "../store/live";
import type { Why } from "../types";
import { Empty } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { closeDialog } from "./uistate";
import { WhyOffers } from "./whytable";
import { cameFrom } from "./words";

export function WhyDialog() {
  const id = call.value?.id ?? offer.value?.interaction_id;
  const found = useSignal<Why | null>(null);
  const problem = useSignal("");
  useEffect(() => {
    if (!id) return;
    get<Why>(`/api/calls/${id}/why`)
      .then((why) => (found.value = why))
      .catch((failure: unknown) => (problem.value = wordsFor(failure)));
  }, [id]);
  return (
    <Dialog title={t("why.title")} onClose={closeDialog}>
      <p class="small soft">{t("why.help")}</p>
      {call.value?.came_from && (
        <p class="small">
          {t("fact.came_from")}: {cameFrom(call.value.came_from)}
        </p>
      )}
      {problem.value && <Empty icon="alert">{problem.value}</Empty>}
      {found.value && <WhyOffers offers={found.value.offers} skills={found.value.skills ?? {}} />}
    </Dialog>
  );
}
