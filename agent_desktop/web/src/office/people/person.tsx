// One person: who they are, how they sign in, where they are signed in; what may be done with the account.

import { type Signal, useSignal } from "@preact/signals";
import { post, remove, request } from "../../api";
import { t } from "../../i18n";
import { SessionList } from "../../people/sessions";
import { toast } from "../../store/toasts";
import type { StaffPerson, Team } from "../types";
import { Button } from "../../ui/basics";
import { Card, Confirm, Page } from "../../ui/page";
import { account, may } from "../account";
import { useLoad } from "../load";
import { NotYet } from "../onepage";
import type { Queues } from "../setup/shapes";
import { Abilities } from "./abilities";
import { EditPerson } from "./edit";
import { HandOver } from "./handover";
import { sinceOf, States } from "./list";

type Asked = "close" | "reopen" | "password" | "second" | "attempts" | null;

/** Failed sign-ins that count just now. */
interface Held {
  passwords: number;
  codes: number;
  places: number;
  delay_seconds: number;
}

function heldWords({ passwords, codes, places, delay_seconds: seconds }: Held): string {
  const count = passwords + codes;
  if (count === 0) return t("people.attempts_none");
  const delay = seconds > 0 ? ` ${t("people.attempts_delay", { seconds })}` : "";
  return t("people.attempts_held", { count, places }) + delay;
}

export function PersonPage({ params }: { params: Record<string, string> }) {
  const path = `/api/people/${params.id}`;
  const person = useLoad<StaffPerson>(path);
  const teams = useLoad<{ items: Team[] }>("/api/teams");
  const found = person.data.value;
  const back = { to: "/admin/people", label: t("people.title") };
  if (person.failure.value || !found || !teams.data.value)
    return <NotYet back={back} failure={person.failure.value} again={person.reload} />;
  return (
    <Page
      narrow
      title={found.name}
      lead={`${found.login} · ${sinceOf(found)}`}
      back={back}
      tags={(!found.active || found.must_change || found.second_step) && <States person={found} />}
    >
      <EditPerson key={found.id} person={person.data as Signal<StaffPerson>} teams={teams.data.value.items} />
      {may("setup_write") && <Abilities key={`abilities-${found.id}`} id={found.id} />}
      {may("user_manage") && <SignInCard person={person.data as Signal<StaffPerson>} path={path} />}
      {may("session_manage") && (
        <Card title={t("people.sessions")} icon="device">
          <SessionList key={String(found.active)} path={`${path}/sessions`} others={t("people.end_all")} />
        </Card>
      )}
      {may("audit_read") && (
        <p class="small">
          <a href={`/admin/audit?subject=${found.id}`}>{t("people.see_audit")}</a>
        </p>
      )}
    </Page>
  );
}

/** The queues that nobody else could serve. */
function aloneIn(known: Queues | null, id: string): string {
  const mine = known?.queues.filter((one) => known.hardly?.[one.id]?.includes(id)) ?? [];
  return mine.map(({ name }) => name).join(", ");
}

function SignInCard({ person, path }: { person: Signal<StaffPerson>; path: string }) {
  const asked = useSignal<Asked>(null);
  const password = useSignal("");
  const found = person.value;
  const myself = found.id === account.value?.id;
  const held = useLoad<Held>(`${path}/attempts`);
  const failures = held.data.value;
  const queues = useLoad<Queues>(may("setup_read") ? "/api/queues" : null);
  const alone = aloneIn(queues.data.value, found.id);
  const works: Record<Exclude<Asked, null>, () => Promise<void>> = {
    close: async () => take(await post<StaffPerson>(`${path}/close`), "people.now_closed"),
    reopen: async () => take(await post<StaffPerson>(`${path}/reopen`), "people.now_open"),
    password: async () => {
      const made = await request<{ person: StaffPerson; password: string }>("POST", `${path}/password`, {});
      person.value = made.person;
      password.value = made.password;
    },
    attempts: async () => {
      await remove(`${path}/attempts`);
      await held.reload();
      toast("good", t("people.now_let_in", { name: found.name }));
    },
    second: async () => take(await remove<StaffPerson>(`${path}/second-step`), "people.now_reset"),
  };
  const take = (
    changed: StaffPerson,
    words: "people.now_closed" | "people.now_open" | "people.now_reset",
  ): void => {
    person.value = changed;
    toast("good", t(words, { name: changed.name }));
  };
  return (
    <Card title={t("people.sign_in")} icon="shield">
      <ul class="acts">
        <Act
          title={t("people.password_title")}
          words={t(myself ? "people.own_way_in" : "people.password_words")}
          go={t("people.password_go")}
          off={myself}
          onGo={() => (asked.value = "password")}
        />
        <Act
          title={t("people.second_title")}
          words={t(
            myself ? "people.own_way_in" : found.second_step ? "people.second_words" : "people.second_none",
          )}
          go={t("people.second_go")}
          off={myself || !found.second_step}
          onGo={() => (asked.value = "second")}
        />
        {failures && (
          <Act
            title={t("people.attempts_title")}
            words={heldWords(failures)}
            go={t("people.attempts_go")}
            off={myself || failures.passwords + failures.codes === 0}
            onGo={() => (asked.value = "attempts")}
          />
        )}
        <Act
          title={t(found.active ? "people.close_title" : "people.reopen_title")}
          words={t(
            myself ? "people.close_self" : found.active ? "people.close_words" : "people.reopen_words",
          )}
          go={t(found.active ? "people.close_go" : "people.reopen_go")}
          danger={found.active}
          off={myself}
          onGo={() => (asked.value = found.active ? "close" : "reopen")}
        />
      </ul>
      {asked.value && (
        <Confirm
          title={t(`people.${asked.value}_ask`, { name: found.name })}
          words={[
            t(`people.${asked.value}_what`),
            asked.value === "close" && alone && t("people.close_alone", { queues: alone }),
          ]
            .filter(Boolean)
            .join(" ")}
          go={t(`people.${asked.value}_go`)}
          danger={asked.value === "close"}
          work={works[asked.value]}
          onClose={() => (asked.value = null)}
        />
      )}
      {password.value && (
        <HandOver person={found} password={password.value} onClose={() => (password.value = "")} />
      )}
    </Card>
  );
}

interface ActProps {
  title: string;
  words: string;
  go: string;
  danger?: boolean;
  off?: boolean;
  onGo: () => void;
}

function Act({ title, words, go, danger, off, onGo }: ActProps) {
  return (
    <li>
      <div class="stack tight grow">
        <span class="strong">{title}</span>
        <span class="small soft">{words}</span>
      </div>
      <Button kind={danger ? "danger" : "plain"} disabled={off ?? false} onClick={onGo}>
        {go}
      </Button>
    </li>
  );
}
