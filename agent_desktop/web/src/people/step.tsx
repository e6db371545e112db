// What is left of a sign-in after the password: a code, a password of one's own, setting up the second step.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, post, wordsFor } from "../api";
import { t } from "../i18n";
import type { Account } from "../types";
import type { Enrolment, Entering } from "./types";
import { Button } from "../ui/basics";
import { useForm } from "../ui/form";
import { FormBox } from "../ui/formbox";
import { FormProblem, SecretField } from "../ui/inputs";
import { CodeField, useCode } from "./code";
import { EnrolSteps, RecoveryCodes } from "./enrol";

type Answer = Account | Entering;

interface StepProps {
  stage: Entering["stage"];
  goOn: (answer: Answer) => Promise<void>;
  giveUp: () => Promise<void>;
}

/** How long to wait after too many tries, in words; null when it is no such refusal. */
export function waitFor(failure: unknown): string | null {
  if (!(failure instanceof ApiError) || failure.status !== 429) return null;
  const seconds = Number(failure.refusal.details.retry_after ?? 0);
  return seconds > 0 ? t("sign_in.wait", { count: Math.ceil(seconds / 60) }) : null;
}

export function Step({ stage, goOn, giveUp }: StepProps) {
  const done = useSignal<Enrolled | null>(null);
  if (done.value) {
    const { recovery_codes: codes, account } = done.value;
    return (
      <>
        <div role="status">
          <h1>{t("second.codes")}</h1>
        </div>
        <RecoveryCodes codes={codes} whose={account.id} onDone={() => void goOn(account)} />
      </>
    );
  }
  return (
    <>
      <div class="stack tight" role="status">
        <h1>{t(`sign_in.${stage}_title`)}</h1>
        <p class="soft">{t(`sign_in.${stage}_lead`)}</p>
      </div>
      {stage === "code" && <CodeStep goOn={goOn} />}
      {stage === "password" && <PasswordStep goOn={goOn} />}
      {stage === "enrol" && <EnrolStep onDone={(enrolled) => (done.value = enrolled)} />}
      <div>
        <Button kind="link" onClick={() => void giveUp()}>
          {t("sign_in.back")}
        </Button>
      </div>
    </>
  );
}

/** A session that ended meanwhile begins anew. */
function outOf(failure: unknown): never {
  if (failure instanceof ApiError && ["not_signed_in", "sign_in_failed"].includes(failure.id))
    location.assign("/sign-in?reason=session_ended");
  const wait = waitFor(failure);
  if (wait && failure instanceof ApiError)
    throw new ApiError(0, { id: "wait_said", message: wait, details: {} });
  throw failure;
}

function CodeStep({ goOn }: { goOn: StepProps["goOn"] }) {
  const form = useCode();
  const send = async (): Promise<void> => {
    const done = await form.submit(async ({ code }) =>
      goOn(await post<Answer>("/api/sign-in/code", { code }).catch(outOf)),
    );
    if (!done) form.values.value = { code: "" };
  };
  return (
    <FormBox form={form} send={send}>
      <CodeField form={form} label={t("second.code")} hint={t("sign_in.code_hint")} focus />
      <Button type="submit" kind="primary" class="tall" busy={form.busy.value}>
        {t("sign_in.code_go")}
      </Button>
    </FormBox>
  );
}

function PasswordStep({ goOn }: { goOn: StepProps["goOn"] }) {
  const form = useForm({ password: "" }, ({ password }) =>
    password ? {} : { password: t("account.need_new") },
  );
  const send = (): Promise<boolean> =>
    form.submit(async (values) => goOn(await post<Answer>("/api/sign-in/password", values).catch(outOf)));
  return (
    <FormBox form={form} send={send}>
      <SecretField
        form={form}
        name="password"
        label={t("account.new_password")}
        hint={t("account.policy")}
        focus
        fresh
        tall
      />
      <Button type="submit" kind="primary" class="tall" busy={form.busy.value}>
        {t("sign_in.password_go")}
      </Button>
    </FormBox>
  );
}

interface Enrolled {
  recovery_codes: string[];
  account: Account;
}

function EnrolStep({ onDone }: { onDone: (enrolled: Enrolled) => void }) {
  const made = useSignal<Enrolment | null>(null);
  const problem = useSignal("");
  useEffect(() => {
    post<Enrolment>("/api/sign-in/enrolment")
      .catch(outOf)
      .then((found) => (made.value = found))
      .catch((failure) => (problem.value = wordsFor(failure)));
  }, []);
  if (!made.value) return <FormProblem words={problem.value} />;
  const confirm = async (code: string): Promise<void> => {
    onDone(await post<Enrolled>("/api/sign-in/enrolment/code", { code }).catch(outOf));
  };
  return <EnrolSteps made={made.value} confirm={confirm} />;
}
