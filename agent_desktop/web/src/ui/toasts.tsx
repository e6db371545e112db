// The corner where short messages appear; read out politely, failures at once.

import { t } from "../i18n";
import { dismiss, toasts } from "../store/toasts";
import { Button } from "./basics";
import { Icon } from "./icon";

export function Toasts() {
  return (
    <div class="toasts" role="region" aria-label={t("toast.region")}>
      {toasts.value.map((each) => (
        <div key={each.id} class={`toast ${each.kind}`} role={each.kind === "bad" ? "alert" : "status"}>
          <Icon name={each.kind === "bad" ? "alert" : each.kind === "good" ? "check" : "info"} />
          <p class="grow">{each.text}</p>
          <Button
            kind="quiet"
            small
            icon="close"
            label={t("dialog.close")}
            onClick={() => dismiss(each.id)}
          />
        </div>
      ))}
    </div>
  );
}
