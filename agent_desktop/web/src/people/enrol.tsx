// Setting up the second step: scan, type the code, keep the recovery codes. Used while signing in and in the account.

import { type Signal, useSignal } from "@preact/signals";
import { t } from "../i18n";
import type { Enrolment } from "../types";
import { Button } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { FormProblem } from "../ui/inputs";
import { CodeField, useCode } from "./code";
import { CopyButton } from "../ui/page";

/** The QR code, the secret in letters, and the code that proves that the app has it. */
export function EnrolSteps({ made, confirm }: { made: Enrolment; confirm: (code: string) => Promise<void> }) {
  const form = useCode();
  const letters = made.secret.replace(/(.{4})/g, "$1 ").trim();
  return (
    <form
      ref={form.box}
      class="stack wide"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit(async ({ code }) => confirm(code));
      }}
    >
      <ol class="steps">
        <li>{t("second.scan")}</li>
        <li>{t("second.type")}</li>
      </ol>
      <div class="enrol">
        <img
          class="qr"
          width={176}
          height={176}
          alt={t("second.qr")}
          src={`data:image/svg+xml;base64,${btoa(made.svg)}`}
        />
        <div class="stack">
          <p class="small muted">{t("second.by_hand")}</p>
          <code class="letters">{letters}</code>
          <div>
            <CopyButton text={made.secret} />
          </div>
        </div>
      </div>
      <FormProblem words={form.problem.value} />
      <CodeField form={form} label={t("second.code")} focus />
      <Button type="submit" kind="primary" class="tall" busy={form.busy.value}>
        {t("second.turn_on")}
      </Button>
    </form>
  );
}

interface CodesProps {
  codes: string[];
  onDone: () => void;
}

/** In a dialog: whoever closes it before they say that they keep the codes is asked. */
export function RecoveryDialog({ codes, onDone }: CodesProps) {
  const kept = useSignal(false);
  const asking = useSignal(false);
  if (asking.value)
    return (
      <Dialog key="ask" title={t("second.leave_title")} onClose={() => (asking.value = false)}>
        <p class="soft">{t("second.leave_words")}</p>
        <div class="row dialog-foot">
          <Button kind="danger" onClick={onDone}>
            {t("second.leave_go")}
          </Button>
          <Button kind="primary" onClick={() => (asking.value = false)} autoFocus>
            {t("second.leave_back")}
          </Button>
        </div>
      </Dialog>
    );
  return (
    <Dialog
      key="codes"
      title={t("second.codes")}
      onClose={() => (kept.value ? onDone() : void (asking.value = true))}
    >
      <RecoveryCodes codes={codes} onDone={onDone} kept={kept} />
    </Dialog>
  );
}

/** Shown once: whoever goes on says that they keep them. */
export function RecoveryCodes({ codes, onDone, kept: given }: CodesProps & { kept?: Signal<boolean> }) {
  const own = useSignal(false);
  const kept = given ?? own;
  const text = codes.join("\n");
  return (
    <div class="stack wide">
      <p class="soft">{t("second.codes_lead")}</p>
      <ul class="codes" aria-label={t("second.codes")}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="row">
        <CopyButton text={text} />
        <a
          class="btn small"
          download="trunkline-recovery-codes.txt"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text + "\n")}`}
        >
          {t("second.download")}
        </a>
      </div>
      <label class="checkline">
        <input
          type="checkbox"
          checked={kept.value}
          onChange={(event) => (kept.value = event.currentTarget.checked)}
        />
        <span>{t("second.kept")}</span>
      </label>
      <Button kind="primary" class="tall" disabled={!kept.value} onClick={onDone}>
        {t("second.done")}
      </Button>
    </div>
  );
}
