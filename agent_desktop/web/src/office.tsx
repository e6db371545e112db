// The office's entry: every page but the desk. Who am I, then the frame with the page of the address.

import { render } from "preact";
import { account, unknownWhy, whoAmI } from "./office/account";
import { Frame } from "./office/frame";
import { SIGNED_IN, watchLeaving } from "./office/leave";
import { startRouter } from "./office/router";
import { chooseLanguage } from "./i18n";
import { startClock } from "./store/clock";
import { startTheme } from "./store/theme";

const RETRY_MS = 1500;

async function start(): Promise<void> {
  if (opener && location.pathname + location.search === SIGNED_IN) return close();
  startTheme();
  chooseLanguage();
  startClock();
  startRouter();
  watchLeaving();
  const root = document.getElementById("app");
  if (root) render(<Frame />, root);
  while (!account.value) {
    await whoAmI().catch((failure) => (unknownWhy.value = failure));
    if (!account.value) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  chooseLanguage(account.value.language);
  const look = (): void => {
    if (document.visibilityState === "visible") void whoAmI().catch(() => undefined);
  };
  addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
}

void start();
