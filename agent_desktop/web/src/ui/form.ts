// A form: its values, what is wrong with each field, whether it is being sent. Input stays whatever happens.

import { type Signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { ApiError, wordsFor } from "../api";
import { toProblem } from "./field";

export type Problems = Record<string, string | undefined>;

export interface FormState<V> {
  values: Signal<V>;
  problems: Signal<Problems>;
  /** What is wrong with none of the fields. */
  problem: Signal<string>;
  busy: Signal<boolean>;
  box: { current: HTMLFormElement | null };
  set: <K extends keyof V>(name: K, value: V[K]) => void;
  /** Send; true when it was taken. Problems go to the fields that `check` and the server name. */
  submit: (work: (values: V) => Promise<void>) => Promise<boolean>;
}

export function useForm<V extends object>(initial: V, check?: (values: V) => Problems): FormState<V> {
  const values = useSignal(initial);
  const problems = useSignal<Problems>({});
  const problem = useSignal("");
  const busy = useSignal(false);
  const box = useRef<HTMLFormElement>(null);
  const set = <K extends keyof V>(name: K, value: V[K]): void => {
    values.value = { ...values.value, [name]: value };
    if (problems.value[name as string]) {
      const { [name as string]: _, ...rest } = problems.value;
      problems.value = rest;
    }
  };
  const submit = async (work: (values: V) => Promise<void>): Promise<boolean> => {
    if (busy.value) return false;
    problem.value = "";
    problems.value = check?.(values.value) ?? {};
    if (Object.values(problems.value).some(Boolean)) {
      toProblem(box.current);
      return false;
    }
    busy.value = true;
    try {
      await work(values.value);
      return true;
    } catch (failure) {
      tell(failure);
      return false;
    } finally {
      busy.value = false;
    }
  };
  const tell = (failure: unknown): void => {
    const named = failure instanceof ApiError ? failure.fields : {};
    const mine = Object.entries(named).filter(([name]) => name in values.value);
    problems.value = Object.fromEntries(mine);
    if (mine.length === 0) problem.value = wordsFor(failure);
    else toProblem(box.current);
  };
  return { values, problems, problem, busy, box, set, submit };
}
