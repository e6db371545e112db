// The frame of all pages but the desk: top bar, menu of pages, the page itself.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { patch, wordsFor } from "../api";
import { type Language, setLanguage, t } from "../i18n";
import { complain } from "../store/toasts";
import { Empty } from "../ui/basics";
import { Icon } from "../ui/icon";
import { Logo } from "../ui/logo";
import { MenuItem } from "../ui/menu";
import { Toasts } from "../ui/toasts";
import { WhoMenu } from "../ui/whomenu";
import { account, may, unknownWhy } from "./account";
import { EndedDialog } from "./ended";
import { ended, signOut } from "./leave";
import { fits, go, path } from "./router";
import { type PageEntry, SITEMAP } from "./sitemap";

export function Frame() {
  if (!account.value)
    return (
      <div class="opening" role="status">
        <span class="spin">
          <Icon name="spinner" large />
        </span>
        <p>{unknownWhy.value ? wordsFor(unknownWhy.value) : t("office.opening")}</p>
      </div>
    );
  return (
    <div class="office">
      <a class="skip" href="#main">
        {t("office.skip")}
      </a>
      <TopBar />
      <Sections />
      <Content />
      <Toasts />
      {ended.value && <EndedDialog />}
    </div>
  );
}

function TopBar() {
  return (
    <header class="topbar">
      <div class="side">
        <a class="brand" href="/">
          <Logo />
          <span class="name">{t("app.name")}</span>
        </a>
      </div>
      <div class="side end">
        {may("desk_use") && (
          <a class="btn" href="/desk" target="trunkline-desk">
            <Icon name="phone" />
            {t("office.desk")}
          </a>
        )}
        <WhoAmI />
      </div>
    </header>
  );
}

const whoMenu = signal(false);

function WhoAmI() {
  const toAccount = (): void => {
    whoMenu.value = false;
    go("/account");
  };
  return (
    <WhoMenu open={whoMenu} who={account.value} onLanguage={keepLanguage} onSignOut={() => void signOut()}>
      <MenuItem icon="shield" onPick={toAccount}>
        {t("account.title")}
      </MenuItem>
    </WhoMenu>
  );
}

function keepLanguage(next: Language): void {
  setLanguage(next);
  patch("/api/me", { language: next }).catch(complain);
}

function Sections() {
  return (
    <nav class="sections" aria-label={t("office.pages")}>
      {(["admin", "account"] as const).map((section) => {
        const pages = SITEMAP.filter(({ menu, right }) => menu?.section === section && may(right));
        if (pages.length === 0) return null;
        return (
          <div key={section}>
            <p class="head small muted">{t(`office.${section}`)}</p>
            {pages.map((page) => (
              <Section key={page.pattern} page={page} />
            ))}
          </div>
        );
      })}
    </nav>
  );
}

function Section({ page }: { page: PageEntry }) {
  if (!page.menu) return null;
  const here = path.value === page.pattern || path.value.startsWith(`${page.pattern}/`);
  return (
    <a class="section-link" href={page.pattern} aria-current={here ? "page" : undefined}>
      <Icon name={page.menu.icon} />
      {t(page.menu.title)}
    </a>
  );
}

/** After a step to another page its heading has the focus, so that a reader hears where they are. */
function Content() {
  const main = useRef<HTMLElement>(null);
  const before = useRef(path.value);
  useEffect(() => {
    if (before.current !== path.value) main.current?.querySelector<HTMLElement>("h1")?.focus();
    before.current = path.value;
  }, [path.value]);
  return (
    <main id="main" ref={main} tabIndex={-1}>
      <Shown />
    </main>
  );
}

function Shown() {
  if (path.value === "/admin" || path.value === "/admin/") {
    const first = SITEMAP.find(({ menu, right }) => menu?.section === "admin" && may(right));
    go(first?.pattern ?? "/account", "replace");
    return null;
  }
  for (const entry of SITEMAP) {
    const params = fits(entry.pattern, path.value);
    if (!params) continue;
    if (!may(entry.right))
      return (
        <Empty icon="shield" title={t("office.no_right")}>
          {t("office.no_right_cure")}
        </Empty>
      );
    return <entry.page key={path.value} params={params} />;
  }
  return (
    <Empty icon="search" title={t("office.no_page")}>
      <a href="/">{t("office.home")}</a>
    </Empty>
  );
}
