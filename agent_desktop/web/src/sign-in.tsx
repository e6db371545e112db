// The sign-in page: two fields, clear words when it fails, works by keyboard alone; then the steps that are left.

import { signal } from "@preact/signals";
import { type RefObject, render } from "preact";
import { useRef } from "preact/hooks";
import { ApiError, patch, post, remove, setCsrf, wordsFor } from "./api";
import { DemoHint } from "./demo";
import { chooseLanguage, isLanguage, language, OFFERED, setLanguage, t, tryT } from "./i18n";

import { demoOf } from "./store/demo";
import { setTheme, startTheme, type Theme, theme } from "./store/theme";
import { Step, waitFor } from "./people/step";
import type { Entering } from "./people/types";
import type { Account } from "./types";
import { Button } from "./ui/basics";
import { Field } from "./ui/field";
import { Icon } from "./ui/icon";
import { Peek } from "./ui/inputs";
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
const query = new URLSearchParams(location.search);
const said = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
const provider = said("provider");
const passwordsOff = said("password") === "off";
/** The step that is left; null before the first one is done. */
const stage = signal<Entering["stage"] | null>((said("stage") || null) as Entering["stage"] | null);

async function signIn(): Promise<void> {
  missing.value = { login: !login.value.trim(), password: !password.value };
  problem.value = null;
  if (missing.value.login || missing.value.password || busy.value) return;
  busy.value = true;
  try {
    const answer = await post<Account | Entering>("/api/sign-in", {
      login: login.value.trim(),
      password: password.value,
    });
    await goOn(answer);
    busy.value = answer.stage === "open";
  } catch (failure) {
    busy.value = false;
    problem.value = () =>
      failure instanceof ApiError && failure.status === 429 ? tooMany(failure) : wordsFor(failure);
    password.value = failure instanceof ApiError && failure.status === 401 ? "" : password.value;
  }
}

/** To the next step, or in. */
async function goOn(answer: Account | Entering): Promise<void> {
  setCsrf(answer.csrf_token);
  password.value = "";
  if (answer.stage !== "open") {
    stage.value = answer.stage;
    return;
  }
  if (chosenHere && answer.language !== language.value)
    await patch("/api/me", { language: language.value }).catch(() => undefined);
  location.assign(wayBack(query.get("next")));
}

async function giveUp(): Promise<void> {
  await remove("/api/sign-in").catch(() => undefined);
  setCsrf("");
  problem.value = null;
  stage.value = null;
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
  return waitFor(failure) ?? wordsFor(failure);
}

function Page() {
  return (
    <div class="entrance">
      <main class="gate">
        <div class="brand large">
          <Logo size={36} />
          <span class="name">{t("app.name")}</span>
        </div>
        {stage.value ? (
          <Step stage={stage.value} goOn={goOn} giveUp={giveUp} />
        ) : (
          <>
            <div class="stack tight">
              <h1>{t("sign_in.title")}</h1>
              <p class="soft">{t("sign_in.lead")}</p>
            </div>
            <Notice />
            <Ways />
            <DemoHint demo={demo} fill={fillIn} />
          </>
        )}
      </main>
      <Settings />
    </div>
  );
}

function Notice() {
  const reason = query.get("reason");
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

/** By the company's account where there is one, by password where that is allowed. */
function Ways() {
  if (!provider) return <Form />;
  const next = query.get("next");
  const button = (
    <a
      class="btn primary tall"
      href={`/sign-in/provider${next ? `?next=${encodeURIComponent(wayBack(next))}` : ""}`}
    >
      <Icon name="building" />
      {t("sign_in.with", { name: provider })}
    </a>
  );
  if (passwordsOff)
    return (
      <>
        {button}
        <details>
          <summary class="small soft">{t("sign_in.only_glass")}</summary>
          <Form />
        </details>
      </>
    );
  return (
    <>
      {button}
      <p class="divider">{t("sign_in.or")}</p>
      <Form />
    </>
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
          <Peek shown={shown} />
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
