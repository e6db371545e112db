// The parts of a page in the office: head with the way back, cards, a question before something is done, a copy button.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { complain, toast } from "../store/toasts";
import { Button } from "./basics";
import { Dialog } from "./dialog";
import { Icon, type IconName } from "./icon";

interface PageProps {
  title: string;
  lead?: string | undefined;
  back?: { to: string; label: string };
  tags?: ComponentChildren;
  actions?: ComponentChildren;
  narrow?: boolean;
  children: ComponentChildren;
}

export function Page({ title, lead, back, tags, actions, narrow, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title]);
  return (
    <div class={narrow ? "page narrow" : "page"}>
      {back && (
        <a class="back small" href={back.to}>
          <Icon name="right" />
          {back.label}
        </a>
      )}
      <header class="page-head">
        <div class="stack tight grow">
          <div class="row wrap">
            <h1 tabIndex={-1}>{title}</h1>
            {tags}
          </div>
          {lead && <p class="soft">{lead}</p>}
        </div>
        <div class="row wrap">{actions}</div>
      </header>
      {children}
    </div>
  );
}

interface CardProps {
  title: string;
  icon?: IconName;
  lead?: string;
  actions?: ComponentChildren;
  children?: ComponentChildren;
}

export function Card({ title, icon, lead, actions, children }: CardProps) {
  return (
    <section class="panel">
      <header>
        {icon && <Icon name={icon} large />}
        <div class="stack tight grow">
          <h2>{title}</h2>
          {lead && <p class="small soft">{lead}</p>}
        </div>
        {actions}
      </header>
      {children && <div class="panel-body">{children}</div>}
    </section>
  );
}

interface ConfirmProps {
  title: string;
  words: string;
  go: string;
  danger?: boolean;
  work: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks once, naming what will happen. */
export function Confirm({ title, words, go, danger, work, onClose }: ConfirmProps) {
  const busy = useSignal(false);
  const run = async (): Promise<void> => {
    busy.value = true;
    try {
      await work();
      onClose();
    } catch (failure) {
      complain(failure);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p class="soft">{words}</p>
      <div class="row dialog-foot">
        <Button onClick={onClose}>{t("dialog.cancel")}</Button>
        <Button kind={danger ? "danger" : "primary"} busy={busy.value} onClick={() => void run()} autoFocus>
          {go}
        </Button>
      </div>
    </Dialog>
  );
}

/** Puts a text where it can be pasted from. */
export function CopyButton({ text }: { text: string }) {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      toast("good", t("copy.done"));
    } catch {
      toast("bad", t("copy.failed"));
    }
  };
  return (
    <Button small icon="copy" onClick={() => void copy()}>
      {t("copy.go")}
    </Button>
  );
}
