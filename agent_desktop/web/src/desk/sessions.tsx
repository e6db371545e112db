// Where I am signed in; any other place can be signed out.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, wordsFor } from "../api";
import { formatWhen, t } from "../i18n";
import { endOtherSession } from "../store/actions";
import { minute } from "../store/clock";
import type { SessionRow } from "../types";
import { Button, Empty, Tag } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { closeDialog } from "./uistate";

export function SessionsDialog() {
  const rows = useSignal<SessionRow[] | null>(null);
  const problem = useSignal("");
  const fetch = async (): Promise<void> => {
    try {
      rows.value = (await get<{ items: SessionRow[] }>("/api/sessions")).items;
    } catch (failure) {
      problem.value = wordsFor(failure);
    }
  };
  useEffect(() => void fetch(), []);
  return (
    <Dialog title={t("sessions.title")} onClose={closeDialog}>
      {problem.value && <Empty icon="alert">{problem.value}</Empty>}
      <table class="table">
        <tbody>
          {rows.value?.map((row) => (
            <tr key={row.id}>
              <td>
                <span class="strong">{browserOf(row.user_agent)}</span>
                <br />
                <span class="small muted">
                  {[row.ip, t("sessions.seen", { when: formatWhen(row.seen_at, minute.value) })]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </td>
              <td class="right">
                {row.current ? (
                  <Tag tone="ready" icon="check">
                    {t("sessions.this")}
                  </Tag>
                ) : (
                  <Button small onClick={() => void endOtherSession(row.id).then(fetch)}>
                    {t("sessions.end")}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

/** The browser and system by name, as far as they say so. */
export function browserOf(agent: string | null): string {
  const browser = /(Edg|Firefox|Chrome|Safari)\/(\d+)/.exec(agent ?? "");
  const system = /(Windows|Mac OS X|Android|Linux|iPhone)/.exec(agent ?? "");
  const name = browser
    ? `${browser[1] === "Edg" ? "Edge" : browser[1]} ${browser[2]}`
    : (agent?.slice(0, 40) ?? "?");
  return system ? `${name}, ${system[1] === "Mac OS X" ? "macOS" : system[1]}` : name;
}
