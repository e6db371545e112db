// The segments of one day, each with its two times: one more, away with one.

import { t } from "../../i18n";
import { Button } from "../../ui/basics";
import { Problem } from "../../ui/field";
import { another, problemsOf, segmentOf, type Span, spanOf } from "./times";

interface Props {
  /** What the day is called, for those who hear the page. */
  day: string;
  segments: string[];
  closed: string;
  set: (segments: string[]) => void;
}

const MOST = 8;

export function Segments({ day, segments, closed, set }: Props) {
  const problems = problemsOf(segments);
  const change = (at: number, more: Partial<Span>): void =>
    set(segments.map((one, place) => (place === at ? segmentOf({ ...spanOf(one), ...more }) : one)));
  return (
    <div class="daytimes">
      {segments.length === 0 && <span class="small muted">{closed}</span>}
      {segments.map((segment, at) => {
        const { from, to } = spanOf(segment);
        const invalid = Boolean(problems[at]);
        return (
          <div
            key={at}
            class="daytime"
            role="group"
            aria-label={t("hours.segment_of", { day, number: at + 1 })}
          >
            <input
              class="input figures"
              type="time"
              aria-label={t("hours.from", { day, number: at + 1 })}
              aria-invalid={invalid}
              value={from}
              onInput={(event) => change(at, { from: event.currentTarget.value })}
            />
            <span aria-hidden>–</span>
            <input
              class="input figures"
              type="time"
              aria-label={t("hours.to", { day, number: at + 1 })}
              aria-invalid={invalid}
              value={to}
              onInput={(event) => change(at, { to: event.currentTarget.value })}
            />
            <Button
              kind="quiet"
              small
              icon="close"
              label={t("hours.remove_segment", { day, number: at + 1 })}
              onClick={() => set(segments.filter((_, place) => place !== at))}
            />
            <Problem words={problems[at]} />
          </div>
        );
      })}
      <div>
        <Button
          kind="quiet"
          small
          icon="plus"
          label={t("hours.add_segment", { day })}
          disabled={segments.length >= MOST}
          onClick={() => set([...segments, another(segments)])}
        />
      </div>
    </div>
  );
}
