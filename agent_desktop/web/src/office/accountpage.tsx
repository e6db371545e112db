// My account: password, second step, where I am signed in.

import { useSignal } from "@preact/signals";
import { post, put, wordsFor } from "../api";
import { formatDate, t } from "../i18n";
import { EnrolSteps, RecoveryDialog, unkept } from "../people/enrol";
import { ProofDialog } from "../people/password";
import { SessionList } from "../people/sessions";
import { toast } from "../store/toasts";
import type { Enrolment, Security } from "../people/types";
import { Button, Empty, Tag } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { useForm } from "../ui/form";
import { FormProblem, SecretField } from "../ui/inputs";
import { Card, Page } from "../ui/page";
import { account } from "./account";
import { useLoad } from "./load";

export function AccountPage() {
  const security = useLoad<Security>("/api/me/security");
  const found = security.data.value;
  return (
    <Page narrow title={t("account.title")} lead={account.value?.name}>
      {security.failure.value !== null && <Empty icon="alert">{wordsFor(security.failure.value)}</Empty>}
      {found?.has_password && <PasswordCard login={account.value?.login ?? ""} />}
      {found && <SecondStepCard found={found} reload={security.reload} />}
      <Card title={t("sessions.title")} icon="device" lead={t("account.sessions_lead")}>
        <SessionList path="/api/sessions" others={t("sessions.end_others")} />
      </Card>
    </Page>
  );
}

function PasswordCard({ login }: { login: string }) {
  const form = useForm({ old: "", password: "" }, ({ old, password }) => ({
    ...(old ? {} : { old: t("sign_in.need_password") }),
    ...(password ? {} : { password: t("account.need_new") }),
  }));
  const send = async (): Promise<void> => {
    const done = await form.submit(async ({ old, password }) => {
      const { ended } = await put<{ ended: number }>("/api/me/password", { old, password });
      toast("good", t("account.password_changed", { count: ended }));
    });
    if (done) form.values.value = { old: "", password: "" };
  };
  return (
    <Card title={t("account.password")} icon="key" lead={t("account.password_lead")}>
      <form
        ref={form.box}
        class="stack wide short"
        noValidate
        onSubmit={(event) => (event.preventDefault(), void send())}
      >
        <input
          type="text"
          class="sr"
          autoComplete="username"
          value={login}
          readOnly
          tabIndex={-1}
          aria-hidden
        />
        <FormProblem words={form.problem.value} />
        <SecretField form={form} name="old" label={t("account.old_password")} />
        <SecretField
          form={form}
          name="password"
          label={t("account.new_password")}
          hint={t("account.policy")}
          fresh
        />
        <div>
          <Button type="submit" kind="primary" busy={form.busy.value}>
            {t("account.change_password")}
          </Button>
        </div>
      </form>
    </Card>
  );
}

type Asked = "begin" | "renew" | "remove" | null;

function SecondStepCard({ found, reload }: { found: Security; reload: () => Promise<void> }) {
  const asked = useSignal<Asked>(null);
  const enrolment = useSignal<Enrolment | null>(null);
  const codes = useSignal<string[] | null>(null);
  const on = found.second_step_at !== null;
  const mine = account.value?.id ?? "";
  const lost = on && !codes.value && unkept(mine);
  const ask = (what: Asked): void => {
    if (found.has_password) asked.value = what;
    else if (what) void works[what]("");
  };
  const works: Record<Exclude<Asked, null>, (password: string) => Promise<void>> = {
    begin: async (password) => {
      enrolment.value = await post<Enrolment>("/api/me/second-step", { password });
      asked.value = null;
    },
    renew: async (password) => {
      codes.value = (
        await post<{ recovery_codes: string[] }>("/api/me/recovery-codes", { password })
      ).recovery_codes;
      asked.value = null;
    },
    remove: async (password) => {
      await post("/api/me/second-step/remove", { password });
      asked.value = null;
      toast("good", t("second.removed"));
      await reload();
    },
  };
  const confirm = async (code: string): Promise<void> => {
    codes.value = (
      await post<{ recovery_codes: string[] }>("/api/me/second-step/code", { code })
    ).recovery_codes;
    enrolment.value = null;
  };
  const finish = (): void => {
    codes.value = null;
    void reload();
  };
  return (
    <Card
      title={t("second.title")}
      icon="shield"
      lead={t("second.lead")}
      actions={
        <Tag tone={on ? "ready" : "paused"} icon={on ? "check" : "alert"}>
          {t(on ? "second.on" : "second.off")}
        </Tag>
      }
    >
      <div class="stack">
        {found.second_step_at && (
          <p class="small soft">
            {t("second.since", { when: formatDate(found.second_step_at) })}{" "}
            {t("second.left", { count: found.recovery_codes_left })}
          </p>
        )}
        {!on && found.second_step_required && <p class="small fg-alarm">{t("second.must")}</p>}
        {lost && (
          <p class="small fg-alarm" role="status">
            {t("second.unkept")}
          </p>
        )}
        <div class="row wrap">
          <Button kind={on ? "plain" : "primary"} icon="shield" onClick={() => ask("begin")}>
            {t(on ? "second.other_app" : "second.set_up")}
          </Button>
          {on && (
            <Button kind={lost ? "primary" : "plain"} onClick={() => ask("renew")}>
              {t("second.renew")}
            </Button>
          )}
          {on && !found.second_step_required && (
            <Button kind="quiet" onClick={() => ask("remove")}>
              {t("second.remove")}
            </Button>
          )}
        </div>
      </div>
      {asked.value && (
        <ProofDialog
          key={asked.value}
          title={t(`second.${asked.value}_title`)}
          lead={t(`second.${asked.value}_lead`)}
          go={t(`second.${asked.value}_go`)}
          danger={asked.value === "remove"}
          work={works[asked.value]}
          onClose={() => (asked.value = null)}
        />
      )}
      {enrolment.value && (
        <Dialog title={t("second.set_up")} onClose={() => (enrolment.value = null)}>
          <EnrolSteps made={enrolment.value} confirm={confirm} />
        </Dialog>
      )}
      {codes.value && <RecoveryDialog codes={codes.value} whose={mine} onDone={finish} />}
    </Card>
  );
}
