// Asked again before how one signs in is changed.

import { t } from "../i18n";
import { useForm } from "../ui/form";
import { DialogForm } from "../ui/formbox";
import { SecretField } from "../ui/inputs";

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
  const send = (): Promise<boolean> => form.submit(async ({ password }) => work(password));
  return (
    <DialogForm title={title} form={form} send={send} go={go} danger={danger} onClose={onClose}>
      <p class="soft">{lead}</p>
      <SecretField form={form} name="password" label={t("account.your_password")} focus />
    </DialogForm>
  );
}
