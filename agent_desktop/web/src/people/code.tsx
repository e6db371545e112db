// The field for a code of the app: six digits, or a recovery code.

import { t } from "../i18n";
import { TextField } from "../ui/inputs";
import { type FormState, useForm } from "../ui/form";

export interface CodeForm {
  code: string;
}

export function useCode(): FormState<CodeForm> {
  return useForm<CodeForm>({ code: "" }, ({ code }) => (code.trim() ? {} : { code: t("second.need_code") }));
}

interface CodeProps {
  form: FormState<CodeForm>;
  label: string;
  hint?: string;
  focus?: boolean;
}

export function CodeField({ form, label, hint, focus }: CodeProps) {
  return (
    <TextField
      form={form}
      name="code"
      label={label}
      hint={hint}
      focus={focus ?? false}
      attributes={{
        class: "input tall code",
        inputMode: "text",
        autoComplete: "one-time-code",
        autoCapitalize: "characters",
        maxLength: 40,
      }}
    />
  );
}
