// A text of many lines with a limit: a counter near it, and what would go far beyond it is refused in words, not cut.

import { useSignal } from "@preact/signals";
import type { RefObject, TextareaHTMLAttributes } from "preact";
import { useId } from "preact/hooks";
import { formatNumber, t } from "../i18n";
import { COUNT_FROM, lengthOf, TEXT_LIMIT } from "../store/limits";
import { Icon } from "./icon";

interface LongTextProps extends Omit<
  TextareaHTMLAttributes<HTMLTextAreaElement>,
  "value" | "onInput" | "ref"
> {
  value: string;
  onText: (text: string) => void;
  area?: RefObject<HTMLTextAreaElement | null>;
}

export function LongText({ value, onText, area, ...rest }: LongTextProps) {
  const refused = useSignal(0);
  const told = useId();
  const length = value.length < COUNT_FROM ? value.length : lengthOf(value);
  const over = length > TEXT_LIMIT;
  const near = length >= COUNT_FROM;
  /** Of a paste or a drop nothing is taken when not all of it has room: a text cut off in silence is a text lost. */
  const guard = (event: InputEvent): void => {
    if (event.inputType !== "insertFromPaste" && event.inputType !== "insertFromDrop") return;
    const more = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
    const { selectionStart, selectionEnd, value: now } = event.currentTarget as HTMLTextAreaElement;
    const after = now.length - (selectionEnd - selectionStart) + more.length;
    if (after <= TEXT_LIMIT) return;
    event.preventDefault();
    refused.value = lengthOf(more);
  };
  return (
    <span class="longtext grow">
      <textarea
        {...rest}
        ref={area ?? null}
        value={value}
        aria-invalid={over || rest["aria-invalid"]}
        aria-describedby={near || refused.value ? told : rest["aria-describedby"]}
        onBeforeInput={guard}
        onInput={(event) => {
          refused.value = 0;
          onText(event.currentTarget.value);
        }}
      />
      <span
        id={told}
        class={over || refused.value ? "problem" : "small muted"}
        role={over ? "alert" : "status"}
      >
        {refused.value > 0 && (
          <>
            <Icon name="alert" />
            {t("text.not_pasted", {
              count: formatNumber(refused.value),
              limit: formatNumber(TEXT_LIMIT),
            })}
          </>
        )}
        {refused.value === 0 &&
          near &&
          t(over ? "text.over" : "text.count", {
            count: formatNumber(length),
            limit: formatNumber(TEXT_LIMIT),
            over: formatNumber(length - TEXT_LIMIT),
          })}
      </span>
    </span>
  );
}
