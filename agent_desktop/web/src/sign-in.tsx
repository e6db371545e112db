// The sign-in page: two fields, clear words when it fails, works by keyboard alone.

import { signal } from "@preact/signals";
import { type RefObject, render } from "preact";
import { useRef } from "preact/hooks";
import { ApiError, patch, post, setCsrf, wordsFor } from "./api";
import { DemoHint } from "./demo";
import { chooseLanguage, isLanguage, language, OFFERED, setLanguage, t, tryT } from "./i18n";
import { demoOf } from "./store/demo";
import { setTheme, startTheme, type Theme, theme } from "./store/theme";
import type { Account } from "./types";
import { Button } from "./ui/basics";
import { Field } from "./ui/field";
import { Icon } from "./ui/icon";
import { Logo } from "./ui/logo";

const login = signal("");
const password = signal("");
const shown = signal(false);
const caps = signal(false);
const busy = signal(false);
/** Said again in another language when that is chosen. */
const problem = signal<(() => string) | null>(null);
const missing = signal<{ login?: boolean; password?: boolean }>({});
/** Set when the language was chosen on this page: then the account takes it over. */
let chosenHere = false;
const demo = demoOf(document);

async function signIn(): Promise<void> {
  missing.value = { login: !login.value.trim(), password: !password.value };
  problem.value = null;
  if (missing.value.login || missing.value.password || busy.value) return;
  busy.value = true;
  try {
    const account = await post<Account>("/api/sign-in", {
      login: login.value.trim(),
      password: password.value,
    });
    setCsrf(account.csrf_token);
    if (chosenHere && account.language !== language.value)
      await patch("/api/me", { language: language.value }).catch(() => undefined);
    location.assign(wayBack(new URLSearchParams(location.search).get("next")));
  } catch (failure) {
    busy.value = false;
    problem.value = () =>
      failure instanceof ApiError && failure.status === 429 ? tooMany(failure) : wordsFor(failure);
    password.value = failure instanceof ApiError && failure.status === 401 ? "" : password.value;
  }
}

function fillIn(name: string): void {
  login.value = name;
  password.value = demo?.password ?? "";
  missing.value = {};
  document.querySelector<HTMLButtonElement>("form [type=submit]")?.focus();
}

/** Only a place of our own. */
function wayBack(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}

function tooMany(failure: ApiError): string {
  const seconds = Number(failure.refusal.details.retry_after ?? 0);
  return seconds > 0 ? t("sign_in.wait", { count: Math.ceil(seconds / 60) }) : wordsFor(failure);
}

function Page() {
  return (
    <div class="entrance">
      <main class="gate">
        <div class="brand large">
          <Logo size={36} />
          <span class="name">{t("app.name")}</span>
        </div>
        <div class="stack tight">
          <h1>{t("sign_in.title")}</h1>
          <p class="soft">{t("sign_in.lead")}</p>
        </div>
        <Notice />
        <Form />
        <DemoHint demo={demo} fill={fillIn} />
      </main>
      <Settings />
    </div>
  );
}

function Notice() {
  const reason = new URLSearchParams(location.search).get("reason");
  if (problem.value) {
    return (
      <p class="notice tone-alarm" role="alert">
        <Icon name="alert" /> <span>{problem.value()}</span>
      </p>
    );
  }
  if (!reason) return null;
  return (
    <p class="notice tone-paused" role="status">
      <Icon name="info" /> <span>{tryT(`signed_out.${reason}`, t("signed_out.session_ended"))}</span>
    </p>
  );
}

function Form() {
  const second = useRef<HTMLInputElement>(null);
  const send = async (): Promise<void> => {
    await signIn();
    if (problem.value) second.current?.focus();
  };
  return (
    <form class="stack wide" noValidate onSubmit={(event) => (event.preventDefault(), void send())}>
      <Field label={t("sign_in.login")} problem={missing.value.login ? t("sign_in.need_login") : undefined}>
        {(ids) => (
          <input
            class="input tall"
            name="login"
            autoFocus
            autoComplete="username"
            autoCapitalize="none"
            spellcheck={false}
            maxLength={200}
            value={login.value}
            onInput={(event) => (login.value = event.currentTarget.value)}
            {...ids}
          />
        )}
      </Field>
      <Password input={second} />
      <p class="caps fg-paused small" role="status">
        {caps.value && (
          <>
            <Icon name="keyboard" /> {t("sign_in.caps")}
          </>
        )}
      </p>
      <Button type="submit" kind="primary" class="tall" busy={busy.value}>
        {t(busy.value ? "sign_in.busy" : "sign_in.go")}
      </Button>
    </form>
  );
}

function watchCaps(event: KeyboardEvent): void {
  caps.value = event.getModifierState?.("CapsLock") ?? false;
}

function Password({ input }: { input: RefObject<HTMLInputElement | null> }) {
  return (
    <Field
      label={t("sign_in.password")}
      problem={missing.value.password ? t("sign_in.need_password") : undefined}
    >
      {(ids) => (
        <div class="secret">
          <input
            ref={input}
            class="input tall"
            name="password"
            type={(shown.value ? "text" : "password") as "password"}
            autoComplete="current-password"
            maxLength={500}
            value={password.value}
            onInput={(event) => (password.value = event.currentTarget.value)}
            onKeyDown={watchCaps}
            onKeyUp={watchCaps}
            onBlur={() => (caps.value = false)}
            {...ids}
          />
          <button
            type="button"
            class="peek"
            aria-pressed={shown.value}
            onClick={() => (shown.value = !shown.value)}
          >
            {t(shown.value ? "sign_in.hide" : "sign_in.show")}
          </button>
        </div>
      )}
    </Field>
  );
}

function Settings() {
  return (
    <footer class="entrance-foot">
      <label class="row">
        <Icon name="globe" />
        <span class="sr">{t("language.title")}</span>
        <select
          value={language.value}
          onChange={(event) => {
            const next = event.currentTarget.value;
            chosenHere = true;
            if (isLanguage(next)) setLanguage(next);
          }}
        >
          {OFFERED.map((each) => (
            <option key={each.id} value={each.id} lang={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <label class="row">
        <Icon name="auto" />
        <span class="sr">{t("theme.title")}</span>
        <select value={theme.value} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
          {(["auto", "light", "dark"] as const).map((each) => (
            <option key={each} value={each}>
              {tryT(`theme.${each}`, each)}
            </option>
          ))}
        </select>
      </label>
    </footer>
  );
}

startTheme();
chooseLanguage();
document.title = `${t("sign_in.title")} · ${t("app.name")}`;
const root = document.getElementById("app");
if (root) render(<Page />, root);
