// A form as it stands on a page, and one in a dialog: sent by Enter or by its button, what is wrong with it on top.

import type { ComponentChildren } from "preact";
import { t } from "../i18n";
import { Button } from "./basics";
import { Dialog } from "./dialog";
import type { FormState } from "./form";
import { FormProblem } from "./inputs";

interface BoxProps<V> {
  form: FormState<V>;
  send: () => Promise<unknown>;
  children: ComponentChildren;
}

export function FormBox<V extends object>({ form, send, children }: BoxProps<V>) {
  return (
    <form
      ref={form.box}
      class="stack wide"
      noValidate
      onSubmit={(event) => (event.preventDefault(), void send())}
    >
      <FormProblem words={form.problem.value} />
      {children}
    </form>
  );
}

interface DialogFormProps<V> extends BoxProps<V> {
  title: string;
  /** What the button says that sends it. */
  go: string;
  danger?: boolean | undefined;
  /** Other buttons, before that one. */
  actions?: ComponentChildren;
  onClose: () => void;
}

export function DialogForm<V extends object>(props: DialogFormProps<V>) {
  const { title, go, danger, actions, onClose, form, send, children } = props;
  return (
    <Dialog title={title} onClose={onClose}>
      <FormBox form={form} send={send}>
        {children}
        <div class="row dialog-foot">
          <Button onClick={onClose}>{t("dialog.cancel")}</Button>
          {actions}
          <Button type="submit" kind={danger ? "danger" : "primary"} busy={form.busy.value}>
            {go}
          </Button>
        </div>
      </FormBox>
    </Dialog>
  );
}
