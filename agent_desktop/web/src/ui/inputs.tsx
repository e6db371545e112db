// Fields of a form by kind: text, password, choice, several choices.

import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren, InputHTMLAttributes } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n";
import { Field, type Option, Problem, Select, useFocus } from "./field";
import type { FormState } from "./form";
import { Icon } from "./icon";

interface Named<V> {
  form: FormState<V>;
  name: keyof V & string;
  label: string;
  hint?: string | undefined;
}

interface TextProps<V> extends Named<V> {
  focus?: boolean;
  disabled?: boolean;
  attributes?: InputHTMLAttributes<HTMLInputElement>;
}

export function TextField<V extends object>(props: TextProps<V>) {
  const { form, name, label, hint, focus, disabled, attributes } = props;
  const input = useFocus<HTMLInputElement>(focus ?? false);
  return (
    <Field label={label} problem={form.problems.value[name]} hint={hint}>
      {(ids) => (
        <input
          class="input"
          ref={input}
          name={name}
          autoComplete="off"
          spellcheck={false}
          disabled={disabled ?? false}
          value={String(form.values.value[name] ?? "")}
          onInput={(event) => form.set(name, event.currentTarget.value as V[typeof name])}
          {...attributes}
          {...ids}
        />
      )}
    </Field>
  );
}

interface SecretProps<V> extends Named<V> {
  focus?: boolean;
  fresh?: boolean;
  tall?: boolean;
}

/** Shows what is written in a field for passwords, and hides it again. */
export function Peek({ shown }: { shown: Signal<boolean> }) {
  return (
    <button
      type="button"
      class="peek"
      aria-pressed={shown.value}
      onClick={() => (shown.value = !shown.value)}
    >
      {t(shown.value ? "sign_in.hide" : "sign_in.show")}
    </button>
  );
}

/** A password that can be looked at; `fresh` is one that is being made up. */
export function SecretField<V extends object>({
  form,
  name,
  label,
  hint,
  focus,
  fresh,
  tall,
}: SecretProps<V>) {
  const shown = useSignal(false);
  const input = useFocus<HTMLInputElement>(focus ?? false);
  return (
    <Field label={label} problem={form.problems.value[name]} hint={hint}>
      {(ids) => (
        <div class="secret">
          <input
            class={tall ? "input tall" : "input"}
            ref={input}
            name={name}
            type={(shown.value ? "text" : "password") as "password"}
            autoComplete={fresh ? "new-password" : "current-password"}
            maxLength={500}
            value={String(form.values.value[name] ?? "")}
            onInput={(event) => form.set(name, event.currentTarget.value as V[typeof name])}
            {...ids}
          />
          <Peek shown={shown} />
        </div>
      )}
    </Field>
  );
}

interface ChoiceProps<V> extends Named<V> {
  options: Option[];
}

export function ChoiceField<V extends object>({ form, name, label, hint, options }: ChoiceProps<V>) {
  return (
    <Field label={label} problem={form.problems.value[name]} hint={hint}>
      {(ids) => (
        <Select
          {...ids}
          label={label}
          value={String(form.values.value[name] ?? "")}
          options={options}
          onPick={(id) => form.set(name, id as V[typeof name])}
        />
      )}
    </Field>
  );
}

interface OptionsProps<V> extends Named<V> {
  options: (Option & { about?: string })[];
}

/** Several of a few: each with a line of what it means. */
export function ChecksField<V extends object>(props: OptionsProps<V>) {
  const { form, name } = props;
  const chosen = form.values.value[name] as string[];
  const toggle = (id: string, on: boolean): void =>
    form.set(name, (on ? [...chosen, id] : chosen.filter((each) => each !== id)) as V[typeof name]);
  return <OptionLines {...props} type="checkbox" chosen={chosen} onPick={toggle} />;
}

/** One of a few, each with a line of what it means. */
export function RadiosField<V extends object>(props: OptionsProps<V>) {
  const { form, name } = props;
  const pick = (id: string): void => form.set(name, id as V[typeof name]);
  return <OptionLines {...props} type="radio" chosen={[String(form.values.value[name])]} onPick={pick} />;
}

interface LinesProps<V> extends OptionsProps<V> {
  type: "checkbox" | "radio";
  chosen: string[];
  onPick: (id: string, on: boolean) => void;
}

function OptionLines<V extends object>(props: LinesProps<V>) {
  const { form, name, label, options, type, chosen, onPick } = props;
  const told = useId();
  const problem = form.problems.value[name];
  return (
    <fieldset class="field" aria-describedby={problem ? told : undefined}>
      <legend class="label">{label}</legend>
      <div class="checks">
        {options.map((option) => (
          <label key={option.id} class="checkline">
            <input
              type={type}
              name={name}
              value={option.id}
              checked={chosen.includes(option.id)}
              aria-invalid={type === "checkbox" ? Boolean(problem) : undefined}
              onChange={(event) => onPick(option.id, event.currentTarget.checked)}
            />
            <span class="stack tight">
              <span>{option.label}</span>
              {option.about && <span class="small muted">{option.about}</span>}
            </span>
          </label>
        ))}
      </div>
      <Problem id={told} words={problem} />
    </fieldset>
  );
}

/** What is wrong with the form as a whole; seen from wherever the form was sent. */
export function FormProblem({ words, children }: { words: string; children?: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.scrollIntoView({ block: "nearest" }), [words]);
  if (!words && !children) return null;
  return (
    <div class="notice tone-alarm" role="alert" ref={box}>
      <Icon name="alert" />
      <div class="stack tight">
        {words && <span>{words}</span>}
        {children}
      </div>
    </div>
  );
}
