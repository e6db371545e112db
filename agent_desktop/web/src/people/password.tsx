// Asked again before how one signs in is changed.

import { t } from "../i18n";
import { Button } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { useForm } from "../ui/form";
import { FormProblem, SecretField } from "../ui/inputs";

interface ProofProps {
  title: string;
  lead: string;
  go: string;
  danger?: boolean;
  work: (password: string) => Promise<void>;
  onClose: () => void;
}

export function ProofDialog({ title, lead, go, danger, work, onClose }: ProofProps) {
  const form = useForm({ password: "" }, ({ password }) =>
    password ? {} : { password: t("sign_in.need_password") },
  );
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        ref={form.box}
        class="stack wide"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void form.submit(async ({ password }) => work(password));
        }}
      >
        <p class="soft">{lead}</p>
        <FormProblem words={form.problem.value} />
        <SecretField form={form} name="password" label={t("account.your_password")} focus />
        <div class="row dialog-foot">
          <Button onClick={onClose}>{t("dialog.cancel")}</Button>
          <Button type="submit" kind={danger ? "danger" : "primary"} busy={form.busy.value}>
            {go}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
