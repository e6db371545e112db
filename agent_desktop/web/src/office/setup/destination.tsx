// Chooses where callers are sent: the kind, and what that kind wants to know.

import { t } from "../../i18n";
import { Field, Select } from "../../ui/field";
import type { KnownToQueue } from "./shapes";
import { type Destination, type Kind, KINDS } from "./waysout";

interface Props {
  label: string;
  value: Destination | null;
  known: KnownToQueue;
  /** Whether more groups of the same queue may be meant instead; that is null. */
  groups?: boolean;
  set: (value: Destination | null) => void;
}

const NOWHERE = { queue_id: null, number: null, announcement_id: null };

export function DestinationField({ label, value, known, groups, set }: Props) {
  const kinds = KINDS.map((id) => ({ id, label: t(`way_to.${id}`) }));
  const options = groups ? [{ id: "groups", label: t("way_to.groups") }, ...kinds] : kinds;
  const pick = (id: string): void => set(id === "groups" ? null : { ...NOWHERE, kind: id as Kind });
  return (
    <>
      <Field label={label}>
        {(ids) => (
          <Select label={label} value={value?.kind ?? "groups"} options={options} onPick={pick} {...ids} />
        )}
      </Field>
      {value && <Which value={value} known={known} set={(more) => set({ ...value, ...more })} />}
    </>
  );
}

interface WhichProps {
  value: Destination;
  known: KnownToQueue;
  set: (more: Partial<Destination>) => void;
}

function Which({ value, known, set }: WhichProps) {
  if (value.kind === "outside")
    return (
      <Field label={t("way.number")} hint={t("way.number_hint")}>
        {(ids) => (
          <input
            class="input figures"
            inputMode="tel"
            maxLength={16}
            value={value.number ?? ""}
            onInput={(event) => set({ number: event.currentTarget.value.replace(/[^\d+]/g, "") })}
            {...ids}
          />
        )}
      </Field>
    );
  const queue = value.kind === "queue";
  const said = [{ id: "", label: t("way.no_announcement") }, ...known.announcements];
  const options = queue ? known.queues : said;
  const label = t(queue ? "way.queue" : "way.announcement");
  const chosen = queue ? value.queue_id : value.announcement_id;
  return (
    <Field label={label}>
      {(ids) => (
        <Select
          label={label}
          value={chosen ?? ""}
          options={options.map((one) => ({ id: one.id, label: "name" in one ? one.name : one.label }))}
          onPick={(id) => set(queue ? { queue_id: id } : { announcement_id: id || null })}
          {...ids}
        />
      )}
    </Field>
  );
}
