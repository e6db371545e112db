// A labelled field with its problem beneath, and a select that can be searched.

import type { ComponentChildren, RefObject } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { Icon } from "./icon";
import { useOutside } from "./outside";

interface FieldProps {
  label: string;
  problem?: string | undefined;
  /** Said beneath while nothing is wrong. */
  hint?: string | undefined;
  /** The id of what is said beneath, for somebody else who is described by it. */
  told?: string | undefined;
  children: (ids: {
    id: string;
    "aria-invalid": boolean;
    "aria-describedby": string | undefined;
  }) => ComponentChildren;
}

export function Field({ label, problem, hint, children, ...given }: FieldProps) {
  const id = useId();
  const told = given.told ?? `${id}-p`;
  return (
    <div class="field">
      <label class="label" for={id}>
        {label}
      </label>
      {children({
        id,
        "aria-invalid": Boolean(problem),
        "aria-describedby": problem || hint ? told : undefined,
      })}
      {!problem && hint && (
        <span class="small muted" id={told}>
          {hint}
        </span>
      )}
      <Problem id={told} words={problem} />
    </div>
  );
}

/** What is wrong with a field, beneath it. */
export function Problem({ id, words }: { id?: string; words: string | undefined }) {
  if (!words) return null;
  return (
    <span class="problem" id={id} role="alert">
      <Icon name="alert" />
      {words}
    </span>
  );
}

/**
 * For what appears on a page that has the focus somewhere already, where browsers ignore `autofocus`; a dialog, which
 * shows after its fields are made, goes by it.
 */
export function useFocus<T extends HTMLElement>(wanted = true): RefObject<T | null> {
  const element = useRef<T>(null);
  useLayoutEffect(() => {
    if (!wanted) return;
    element.current?.setAttribute("autofocus", "");
    element.current?.focus();
  }, []);
  return element;
}

/** The focus goes to the first field with a problem, once that is drawn. */
export function toProblem(form: HTMLElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}

export interface Option {
  id: string;
  label: string;
}

interface SelectProps {
  id?: string;
  "aria-invalid"?: boolean;
  "aria-describedby"?: string | undefined;
  value: string;
  options: Option[];
  placeholder?: string;
  label: string;
  onPick: (id: string) => void;
}

const SEARCH_FROM = 8;

/** A list box behind a button; long lists can be searched. Arrow keys, Enter, Escape. */
export function Select({ value, options, placeholder, label, onPick, ...ids }: SelectProps) {
  const [open, setOpen] = useState(false);
  const list = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useOutside(box, open, () => setOpen(false));
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const now = options.find((option) => option.id === value);
  return (
    <div class="picker" ref={box}>
      <button
        ref={button}
        type="button"
        role="combobox"
        aria-label={ids.id ? undefined : `${label}: ${now?.label ?? placeholder ?? t("select.choose")}`}
        {...ids}
        class="input"
        aria-haspopup="listbox"
        aria-controls={open ? list : undefined}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => event.key === "ArrowDown" && (event.preventDefault(), setOpen(true))}
      >
        <span class={now ? "truncate" : "truncate muted"}>
          {now?.label ?? placeholder ?? t("select.choose")}
        </span>
        <Icon name="down" />
      </button>
      {open && (
        <Choices
          list={list}
          options={options}
          value={value}
          label={label}
          onClose={close}
          onPick={(picked) => {
            onPick(picked);
            close();
          }}
        />
      )}
    </div>
  );
}

interface ChoicesProps {
  list: string;
  options: Option[];
  value: string;
  label: string;
  onPick: (id: string) => void;
  onClose: () => void;
}

function Choices({ list, options, value, label, onPick, onClose }: ChoicesProps) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(() => Math.max(0, options.map(({ id }) => id).indexOf(value)));
  const wanted = query.toLocaleLowerCase();
  const found = options.filter((option) => option.label.toLocaleLowerCase().includes(wanted));
  const searchable = options.length >= SEARCH_FROM;
  const search = useFocus<HTMLInputElement>();
  const active = found[at] ? `${list}-${at}` : undefined;
  const move = (event: KeyboardEvent): void => {
    if (event.key === "Escape" || event.key === "Tab") onClose();
    else if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter" && found[at]) onPick(found[at].id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="menu below full" onKeyDown={move}>
      {searchable && (
        <input
          class="input"
          ref={search}
          role="combobox"
          aria-expanded
          aria-controls={list}
          aria-activedescendant={active}
          aria-label={t("select.search")}
          placeholder={t("select.search")}
          value={query}
          onInput={(event) => (setQuery(event.currentTarget.value), setAt(0))}
        />
      )}
      <List id={list} label={label} active={active} focus={!searchable}>
        {found.map((option, index) => (
          <Row
            key={option.id}
            id={`${list}-${index}`}
            option={option}
            chosen={option.id === value}
            active={index === at}
            onHover={() => setAt(index)}
            onPick={onPick}
          />
        ))}
        {found.length === 0 && <p class="head">{t("select.none")}</p>}
      </List>
    </div>
  );
}

interface ListProps {
  id: string;
  label: string;
  active: string | undefined;
  focus: boolean;
  children: ComponentChildren;
}

function List({ id, label, active, focus, children }: ListProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (focus) box.current?.focus();
  }, [focus]);
  return (
    <div
      ref={box}
      id={id}
      role="listbox"
      aria-label={label}
      aria-activedescendant={active}
      tabIndex={focus ? 0 : -1}
    >
      {children}
    </div>
  );
}

interface RowProps {
  id: string;
  option: Option;
  chosen: boolean;
  active: boolean;
  onHover: () => void;
  onPick: (id: string) => void;
}

function Row({ id, option, chosen, active, onHover, onPick }: RowProps) {
  return (
    <div
      id={id}
      class="item"
      role="option"
      aria-selected={chosen}
      data-active={active}
      onPointerEnter={onHover}
      onClick={() => onPick(option.id)}
    >
      <span class="truncate">{option.label}</span>
      {chosen && (
        <span class="check">
          <Icon name="check" />
        </span>
      )}
    </div>
  );
}
