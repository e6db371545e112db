// The desk: one page, four panes and the call bar.

import { t, tryT } from "../i18n";
import { connection, desk, refusedBecause } from "../store/live";
import { Toasts } from "../ui/toasts";
import { Icon } from "../ui/icon";
import { Banners } from "./banners";
import { CallBar } from "./callbar";
import { Centre } from "./centre";
import { Context } from "./context";
import { Dialogs } from "./dialogs";
import { Left } from "./left";
import { TopBar } from "./topbar";

export function App() {
  if (!desk.value) return <Opening />;
  return (
    <>
      <div class="desk" data-connection={connection.value}>
        <TopBar />
        <Banners />
        <Left />
        <Centre />
        <Context />
        <CallBar />
      </div>
      <Dialogs />
      <Toasts />
    </>
  );
}

/** Shown until the first snapshot, which normally is not long enough to read. */
function Opening() {
  return (
    <main class="opening" aria-busy="true">
      <span class="spin">
        <Icon name="spinner" large />
      </span>
      <p>
        {refusedBecause.value
          ? tryT(`refused.${refusedBecause.value}`, t("opening.retry"))
          : t("opening.wait")}
      </p>
    </main>
  );
}
