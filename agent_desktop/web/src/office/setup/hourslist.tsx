// Hours, and calendars of holidays: each in a line; a new one.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { post } from "../../api";
import { t } from "../../i18n";
import { Icon, type IconName } from "../../ui/icon";
import { Page } from "../../ui/page";
import { Listed, Maker, NameDialog } from "../listpage";
import { type Loaded, useLoad } from "../load";
import { go } from "../router";
import { nextWords, OpenTag } from "./preview";
import { type CalendarRow, type HoursRow, type Weekly, weekWords, WEEKDAYS } from "./times";

const OFFICE: Weekly = Object.fromEntries(WEEKDAYS.slice(0, 5).map((day) => [day, ["09:00-17:00"]]));

export function HoursListPage() {
  const loaded = useLoad<{ hours: HoursRow[] }>("/api/hours");
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return (
    <Tiles
      path="hours"
      words={{
        title: t("hours.title"),
        lead: t("hours.lead"),
        fresh: t("hours.new"),
        make: t("hours.make"),
        none: t("hours.none"),
        cure: t("hours.none_cure"),
      }}
      icon="clock"
      loaded={loaded}
      rows={loaded.data.value?.hours}
      begun={{ zone: timeZone || "UTC", weekly: OFFICE }}
    >
      {(row) => (
        <>
          <Head icon="clock" name={row.name}>
            <OpenTag open={row.open} />
          </Head>
          <span class="small soft">{weekWords(row.weekly)}</span>
          <span class="small muted">
            {row.zone} · {nextWords(row.open, row.changes_at, row.zone)}
          </span>
        </>
      )}
    </Tiles>
  );
}

export function CalendarListPage() {
  const loaded = useLoad<{ calendars: CalendarRow[] }>("/api/calendars");
  return (
    <Tiles
      path="calendars"
      words={{
        title: t("calendar.title"),
        lead: t("calendar.lead"),
        fresh: t("calendar.new"),
        make: t("calendar.make"),
        none: t("calendar.none"),
        cure: t("calendar.none_cure"),
      }}
      icon="sun"
      loaded={loaded}
      rows={loaded.data.value?.calendars}
    >
      {(row) => (
        <>
          <Head icon="sun" name={row.name} />
          <span class="small soft">{t("calendar.days", { count: row.days.length })}</span>
        </>
      )}
    </Tiles>
  );
}

interface TilesProps<T extends { id: string }> {
  /** What its addresses end with. */
  path: "hours" | "calendars";
  words: Record<"title" | "lead" | "fresh" | "make" | "none" | "cure", string>;
  icon: IconName;
  loaded: Loaded<unknown>;
  rows: T[] | undefined;
  /** What a new one has beside its name. */
  begun?: object;
  children: (row: T) => ComponentChildren;
}

function Tiles<T extends { id: string }>({
  path,
  words,
  icon,
  loaded,
  rows,
  begun,
  children,
}: TilesProps<T>) {
  const making = useSignal(false);
  const make = async (name: string): Promise<void> => {
    const made = await post<{ id: string }>(`/api/${path}`, { name, ...begun });
    go(`/admin/${path}/${made.id}`);
  };
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={<Maker words={words.fresh} onMake={() => (making.value = true)} />}
    >
      <Listed loaded={loaded} rows={rows} icon={icon} none={words.none} cure={words.cure}>
        {(found) => (
          <ul class="tiles">
            {found.map((row) => (
              <li key={row.id}>
                <a class="tile" href={`/admin/${path}/${row.id}`}>
                  {children(row)}
                </a>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {making.value && (
        <NameDialog
          title={words.fresh}
          label={t("setup.name")}
          need={t("setup.need_name")}
          go={words.make}
          save={make}
          onClose={() => (making.value = false)}
        />
      )}
    </Page>
  );
}

function Head({ icon, name, children }: { icon: IconName; name: string; children?: ComponentChildren }) {
  return (
    <span class="row">
      <Icon name={icon} />
      <span class="strong truncate grow">{name}</span>
      {children}
    </span>
  );
}
