// Announcements: what callers can be told, as sounds of the switch by language.

import { patch, post, remove } from "../../api";
import { LANGUAGES, t } from "../../i18n";
import { toast } from "../../store/toasts";
import { Button, Tag } from "../../ui/basics";
import { type Problems, useForm } from "../../ui/form";
import { DialogForm } from "../../ui/formbox";
import { TextField } from "../../ui/inputs";
import { type Acts, ListPage } from "../listpage";
import { useLoad } from "../load";
import { type Announcement, nameOf, soundsProblem, typed } from "./announce";

export function AnnouncementsPage() {
  const loaded = useLoad<{ announcements: Announcement[] }>("/api/announcements");
  return (
    <ListPage<Announcement>
      title={t("announcements.title")}
      lead={t("announcements.lead")}
      make={t("announcements.new")}
      loaded={loaded}
      rows={loaded.data.value?.announcements}
      icon="speaker"
      none={t("announcements.none")}
      cure={t("announcements.none_cure")}
      keyOf={({ id }) => id}
      row={(row, acts) => <Row row={row} acts={acts} />}
      dialog={(row, close) => (
        <Dialog
          row={row}
          onClose={close}
          saved={async () => {
            await loaded.reload();
            toast("good", t("people.saved"));
            close();
          }}
        />
      )}
      drop={({ id, name, version, always }) => ({
        title: t(always ? "announcements.restore_ask" : "named.drop_ask", { name }),
        words: t(always ? "announcements.restore_what" : "announcements.drop_what"),
        go: t(always ? "announcements.restore" : "named.drop"),
        work: () => remove(`/api/announcements/${id}?version=${version}`),
      })}
    />
  );
}

function Row({ row, acts }: { row: Announcement; acts: Acts }) {
  const { sounds, always, version } = row;
  const name = nameOf(row);
  return (
    <>
      <div class="stack tight grow">
        <span class="row wrap">
          <span class="strong">{name}</span>
          {always && <Tag>{t(version === 0 ? "announcements.always" : "announcements.changed")}</Tag>}
        </span>
        {Object.entries(sounds).map(([language, pieces]) => (
          <span key={language} class="small muted">
            {languageName(language)}: {pieces.join(", ")}
          </span>
        ))}
      </div>
      <div class="row">
        <Button small onClick={acts.edit} label={t("announcements.edit_of", { name })}>
          {t("announcements.edit")}
        </Button>
        {version > 0 && (
          <Button
            kind="quiet"
            small
            icon={always ? "callback" : "trash"}
            label={always ? t("announcements.restore_of", { name }) : t("named.drop_of", { name })}
            onClick={acts.drop}
          />
        )}
      </div>
    </>
  );
}

const languageName = (id: string): string => LANGUAGES.find((one) => one.id === id)?.name ?? id;

interface Values {
  name: string;
  en: string;
  es: string;
  zh: string;
  ru: string;
}

const OURS = LANGUAGES.map(({ id }) => id as keyof Values);

function valuesOf(row: Announcement | null): Values {
  const written = (language: string): string => (row?.sounds[language] ?? []).join(" ");
  return {
    name: row ? nameOf(row) : "",
    en: written("en"),
    es: written("es"),
    zh: written("zh"),
    ru: written("ru"),
  };
}

/** Languages that the form does not show stay as they are. */
function soundsOf(values: Values, row: Announcement | null): Record<string, string[]> {
  const others = Object.entries(row?.sounds ?? {}).filter(([id]) => !OURS.includes(id as keyof Values));
  const mine = OURS.map((id) => [id, typed(values[id])] as const).filter(([, sounds]) => sounds.length > 0);
  return Object.fromEntries([...mine, ...others]);
}

interface DialogProps {
  row: Announcement | null;
  saved: () => Promise<void>;
  onClose: () => void;
}

function Dialog({ row, saved, onClose }: DialogProps) {
  const check = (values: Values): Problems => {
    const found: Problems = values.name.trim() ? {} : { name: t("setup.need_name") };
    for (const id of OURS) {
      const words = soundsProblem(values[id]);
      if (words !== null) found[id] = words;
    }
    if (Object.keys(soundsOf(values, row)).length === 0) found.en = t("announcements.need_sounds");
    return found;
  };
  const form = useForm<Values>(valuesOf(row), check);
  const send = (): Promise<boolean> =>
    form.submit(async (values) => {
      const body = { name: values.name.trim(), sounds: soundsOf(values, row) };
      if (row) await patch(`/api/announcements/${row.id}`, { ...body, version: row.version });
      else await post("/api/announcements", body);
      await saved();
    });
  return (
    <DialogForm
      title={t(row ? "announcements.edit_title" : "announcements.new")}
      form={form}
      send={send}
      go={t("people.save")}
      onClose={onClose}
    >
      <TextField form={form} name="name" label={t("setup.name")} focus attributes={{ maxLength: 200 }} />
      <p class="small muted">{t("announcements.how")}</p>
      {LANGUAGES.map(({ id, name }) => (
        <TextField
          key={id}
          form={form}
          name={id as "en"}
          label={t("announcements.sounds_in", { language: name })}
          attributes={{ maxLength: 500, class: "input mono" }}
        />
      ))}
    </DialogForm>
  );
}
