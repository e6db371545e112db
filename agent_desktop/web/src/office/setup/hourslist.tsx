// Hours, and calendars of holidays: each in a line; a new one.

import { useSignal } from "@preact/signals";
import { post } from "../../api";
import { t } from "../../i18n";
import { Icon } from "../../ui/icon";
import { Page } from "../../ui/page";
import { Listed, Maker, NameDialog } from "../listpage";
import { useLoad } from "../load";
import { go } from "../router";
import { nextWords, OpenTag } from "./preview";
import { type CalendarRow, type HoursRow, type Weekly, weekWords, WEEKDAYS } from "./times";

const OFFICE: Weekly = Object.fromEntries(WEEKDAYS.slice(0, 5).map((day) => [day, ["09:00-17:00"]]));

export function HoursListPage() {
  const loaded = useLoad<{ hours: HoursRow[] }>("/api/hours");
  const making = useSignal(false);
  const make = async (name: string): Promise<void> => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const made = await post<{ id: string }>("/api/hours", { name, zone: timeZone || "UTC", weekly: OFFICE });
    go(`/admin/hours/${made.id}`);
  };
  return (
    <Page
      title={t("hours.title")}
      lead={t("hours.lead")}
      actions={<Maker words={t("hours.new")} onMake={() => (making.value = true)} />}
    >
      <Listed
        loaded={loaded}
        rows={loaded.data.value?.hours}
        icon="clock"
        none={t("hours.none")}
        cure={t("hours.none_cure")}
      >
        {(rows) => (
          <ul class="tiles">
            {rows.map((row) => (
              <li key={row.id}>
                <a class="tile" href={`/admin/hours/${row.id}`}>
                  <span class="row">
                    <Icon name="clock" />
                    <span class="strong truncate grow">{row.name}</span>
                    <OpenTag open={row.open} />
                  </span>
                  <span class="small soft">{weekWords(row.weekly)}</span>
                  <span class="small muted">
                    {row.zone} · {nextWords(row.open, row.changes_at, row.zone)}
                  </span>
                </a>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {making.value && (
        <NameDialog
          title={t("hours.new")}
          label={t("setup.name")}
          need={t("setup.need_name")}
          go={t("hours.make")}
          save={make}
          onClose={() => (making.value = false)}
        />
      )}
    </Page>
  );
}

export function CalendarListPage() {
  const loaded = useLoad<{ calendars: CalendarRow[] }>("/api/calendars");
  const making = useSignal(false);
  const make = async (name: string): Promise<void> => {
    const made = await post<{ id: string }>("/api/calendars", { name });
    go(`/admin/calendars/${made.id}`);
  };
  return (
    <Page
      title={t("calendar.title")}
      lead={t("calendar.lead")}
      actions={<Maker words={t("calendar.new")} onMake={() => (making.value = true)} />}
    >
      <Listed
        loaded={loaded}
        rows={loaded.data.value?.calendars}
        icon="sun"
        none={t("calendar.none")}
        cure={t("calendar.none_cure")}
      >
        {(rows) => (
          <ul class="tiles">
            {rows.map((row) => (
              <li key={row.id}>
                <a class="tile" href={`/admin/calendars/${row.id}`}>
                  <span class="row">
                    <Icon name="sun" />
                    <span class="strong truncate grow">{row.name}</span>
                  </span>
                  <span class="small soft">{t("calendar.days", { count: row.days.length })}</span>
                </a>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {making.value && (
        <NameDialog
          title={t("calendar.new")}
          label={t("setup.name")}
          need={t("setup.need_name")}
          go={t("calendar.make")}
          save={make}
          onClose={() => (making.value = false)}
        />
      )}
    </Page>
  );
}
