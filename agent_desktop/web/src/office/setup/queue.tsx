// One queue: who serves it, whom it rings, for how long, who rests afterwards, and how a call is wrapped up.

import { useSignal } from "@preact/signals";
import { patch, remove } from "../../api";
import { type Key, t, tryT } from "../../i18n";
import { toast } from "../../store/toasts";
import { Button } from "../../ui/basics";
import { type FormState, useForm } from "../../ui/form";
import { FormBox } from "../../ui/formbox";
import { RadiosField, TextField } from "../../ui/inputs";
import { Card, Confirm, Page } from "../../ui/page";
import { Differences, differing, merged, thereNow } from "../conflict";
import { useLoad } from "../load";
import { NotYet } from "../onepage";
import { go } from "../router";
import { useUnsaved } from "../unsaved";
import { type Announcement, choosable } from "./announce";
import { Announcing, announcingWords } from "./announcing";
import { Closing, closingWords } from "./closing";
import { WhenEmpty } from "./empty";
import { Overflow } from "./overflow";
import { Returning } from "./returning";
import { Serving, servingWords } from "./serving";
import {
  changesOf,
  checkQueue,
  type Count,
  COUNTS,
  type KnownToQueue,
  type NamedRow,
  type Queues,
  type QueueSettings,
  STRATEGIES,
  valuesOf,
  type QueueValues,
} from "./shapes";
import type { HoursRow } from "./times";
import { emptyInWords, tiersInWords } from "./waysout";

export function QueuePage({ params }: { params: Record<string, string> }) {
  const loaded = useLoad<Queues>("/api/queues");
  const skills = useLoad<{ skills: NamedRow[] }>("/api/skills");
  const groups = useLoad<{ groups: NamedRow[] }>("/api/groups");
  const told = useLoad<{ announcements: Announcement[] }>("/api/announcements");
  const hours = useLoad<{ hours: HoursRow[] }>("/api/hours");
  const rows = skills.data.value && groups.data.value && { ...skills.data.value, ...groups.data.value };
  const queues = loaded.data.value?.queues.filter(({ id }) => id !== params.id) ?? [];
  const announcements = told.data.value && choosable(told.data.value.announcements);
  const known = rows && announcements && { ...rows, queues, announcements };
  const back = { to: "/admin/queues", label: t("setup.queues") };
  const queue = loaded.data.value?.queues.find(({ id }) => id === params.id);
  const missing = loaded.data.value && !queue ? t("error.no_such_queue") : undefined;
  if (!queue || !known || !hours.data.value)
    return <NotYet back={back} failure={loaded.failure.value} words={missing} again={loaded.reload} />;
  return (
    <QueueForm
      key={queue.id}
      found={queue}
      known={known}
      hours={hours.data.value.hours}
      people={loaded.data.value?.people ?? {}}
      back={back}
    />
  );
}

interface FormProps {
  found: QueueSettings;
  known: KnownToQueue;
  hours: HoursRow[];
  people: Record<string, string>;
  back: { to: string; label: string };
}

/** Callers whose number leads nowhere else come to it. */
const MAIN = "main";

function QueueForm({ found, known, hours, people, back }: FormProps) {
  const saved = useSignal(found);
  const form = useForm<QueueValues>(valuesOf(found), checkQueue);
  const theirs = useSignal<(keyof QueueValues)[]>([]);
  const names = useSignal(people);
  const removing = useSignal(false);
  const base = valuesOf(saved.value);
  const left = useUnsaved(form.values, base);
  const changes = changesOf(form.values.value, saved.value);
  const send = (): Promise<boolean> =>
    form.submit(async (mine) => {
      const { id, version } = saved.value;
      try {
        const made = await patch<{ version: number }>(`/api/queues/${id}`, { version, ...changes });
        saved.value = { ...saved.value, ...changes, ...made };
      } catch (failure) {
        const now = thereNow<QueueSettings>(failure, "queue_changed");
        if (!now) throw failure;
        saved.value = now.current;
        theirs.value = differing(valuesOf(now.current), base);
        form.values.value = merged(mine, base, valuesOf(now.current));
        return;
      }
      settle();
      toast("good", t("people.saved"));
    });
  const settle = (): void => {
    theirs.value = [];
    form.values.value = valuesOf(saved.value);
  };
  const conflict = theirs.value.length > 0;
  const drop = saved.value.id !== MAIN && (
    <Button kind="quiet" icon="trash" onClick={() => (removing.value = true)}>
      {t("setup.remove_queue")}
    </Button>
  );
  return (
    <Page narrow title={saved.value.name} lead={t("setup.queue_lead")} back={back} actions={drop}>
      <FormBox form={form} send={send}>
        <Card title={t("setup.ringing")} icon="bell" lead={t("setup.ringing_lead")}>
          <TextField form={form} name="name" label={t("setup.name")} attributes={{ maxLength: 200 }} />
          <RadiosField
            form={form}
            name="strategy"
            label={t("setup.strategy")}
            options={choices(STRATEGIES)}
          />
          <Counts
            form={form}
            names={["ring_seconds", "render_ms", "progress_seconds", "lost_phone_seconds"]}
          />
        </Card>
        <Serving form={form} known={known} names={names} main={saved.value.id === MAIN} />
        <Announcing form={form} announcements={known.announcements} />
        <Closing
          values={form.values.value}
          known={known}
          rows={hours}
          problems={form.problems.value}
          set={(name, value) => form.set(name, value as QueueValues[typeof name])}
        />
        <Overflow
          tiers={form.values.value.overflow}
          known={known}
          problem={form.problems.value.overflow}
          set={(tiers) => form.set("overflow", tiers)}
        />
        <WhenEmpty
          rules={form.values.value.empty}
          known={known}
          problem={form.problems.value.empty}
          set={(rules) => form.set("empty", rules)}
        />
        <Returning form={form} />
        <Card title={t("setup.rests")} icon="coffee" lead={t("setup.rests_lead")}>
          <Counts form={form} names={["misses_to_pause", "no_answer_delay", "reject_delay", "busy_delay"]} />
        </Card>
        <Card title={t("setup.wrapping")} icon="wrap" lead={t("setup.wrapping_lead")}>
          <RadiosField
            form={form}
            name="wrap_mode"
            label={t("setup.wrap_mode")}
            options={choices(["optional", "mandatory"])}
          />
          <Counts form={form} names={["wrap_seconds", "wrap_extend_seconds", "wrap_extensions"]} />
        </Card>
        {conflict && (
          <Differences
            fields={theirs.value}
            theirs={base}
            mine={form.values.value}
            labelOf={(name) => t(`setup.${name}`)}
            wordsOf={(name, values) =>
              servingWords(name, values, known, names.value) ??
              wayWords(name, values, known) ??
              announcingWords(name, values, known.announcements) ??
              closingWords(name, values, hours, known) ??
              plainWords(values[name])
            }
          />
        )}
        <div class="row savebar">
          {conflict && <Button onClick={settle}>{t("conflict.take_theirs")}</Button>}
          <Button
            type="submit"
            kind="primary"
            busy={form.busy.value}
            disabled={Object.keys(changes).length === 0}
          >
            {t(conflict ? "conflict.keep_mine" : "people.save")}
          </Button>
          <span class="small muted" role="status">
            {t("setup.takes_effect")}
          </span>
        </div>
      </FormBox>
      {removing.value && (
        <Confirm
          title={t("setup.remove_queue_ask", { name: saved.value.name })}
          words={t("setup.remove_queue_what")}
          go={t("setup.remove_queue")}
          danger
          work={async () => {
            await remove(`/api/queues/${saved.value.id}?version=${saved.value.version}`);
            left();
            go("/admin/queues");
          }}
          onClose={() => (removing.value = false)}
        />
      )}
    </Page>
  );
}

const wayWords = (name: keyof QueueValues, values: QueueValues, known: KnownToQueue): string | null => {
  if (name === "overflow") return tiersInWords(values.overflow, known);
  return name === "empty" ? emptyInWords(values.empty, known) : null;
};

/** What can be said before anybody records anything. */
const plainWords = (value: unknown): string => tryT(`setup.${String(value)}`, String(value));

const choices = (ids: readonly ((typeof STRATEGIES)[number] | "optional" | "mandatory")[]) =>
  ids.map((id) => ({ id, label: t(`setup.${id}`), about: t(`setup.${id}_about`) }));

function Counts({ form, names }: { form: FormState<QueueValues>; names: Count[] }) {
  return (
    <div class="pair">
      {names.map((name) => (
        <TextField
          key={name}
          form={form}
          name={name}
          label={t(`setup.${name}` as Key)}
          hint={t(`setup.${name}_hint` as Key)}
          attributes={{ inputMode: "numeric", maxLength: 5, class: "input figures", title: bounds(name) }}
        />
      ))}
    </div>
  );
}

function bounds(name: Count): string {
  const [min, max] = COUNTS[name];
  return t("setup.between", { min, max });
}
