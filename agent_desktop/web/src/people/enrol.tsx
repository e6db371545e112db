// Setting up the second step: scan, type the code, keep the recovery codes. Used while signing in and in the account.

import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { forget, load, save } from "../store/local";
import type { Enrolment } from "./types";
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
      <p class="small soft">{t("second.codes_follow")}</p>
      <Button type="submit" kind="primary" class="tall" busy={form.busy.value}>
        {t("second.turn_on")}
      </Button>
    </form>
  );
}

interface CodesProps {
  codes: string[];
  /** The id of the account. */
  whose: string;
  onDone: () => void;
}

/** Whether the last codes that this browser showed that person were never said to be kept. */
export const unkept = (whose: string): boolean => load(`codes.${whose}`, false);

/** Until they are kept a reload or a closed tab asks first, and the account page offers new ones afterwards. */
function useNotYetKept(whose: string, kept: boolean): void {
  useEffect(() => {
    if (kept) return forget(`codes.${whose}`);
    save(`codes.${whose}`, true);
    const ask = (event: Event): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [whose, kept]);
}

/** In a dialog: whoever closes it before they say that they keep the codes is asked. */
export function RecoveryDialog({ codes, whose, onDone }: CodesProps) {
  const kept = useSignal(false);
  const asking = useSignal(false);
  useNotYetKept(whose, kept.value);
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
      <Codes codes={codes} onDone={onDone} kept={kept} />
    </Dialog>
  );
}

/** On a page of their own. */
export function RecoveryCodes({ codes, whose, onDone }: CodesProps) {
  const kept = useSignal(false);
  useNotYetKept(whose, kept.value);
  return <Codes codes={codes} onDone={onDone} kept={kept} />;
}

interface ListProps {
  codes: string[];
  kept: Signal<boolean>;
  onDone: () => void;
}

/** Shown once: whoever goes on says that they keep them. */
function Codes({ codes, onDone, kept }: ListProps) {
  const text = codes.join("\n");
  return (
    <div class="stack wide">
      <p class="soft">{t("second.codes_lead")}</p>
      <p class="small muted">{t("second.codes_again")}</p>
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
