// Two buttons that move a row of an ordered list up or down.

import { t } from "../i18n";
import { Button } from "./basics";

interface Props {
  name: string;
  first: boolean;
  last: boolean;
  onMove: (step: -1 | 1) => void;
}

export function MoveButtons({ name, first, last, onMove }: Props) {
  return (
    <>
      <Button
        kind="quiet"
        small
        icon="up"
        label={t("outcomes.up", { name })}
        disabled={first}
        onClick={() => onMove(-1)}
      />
      <Button
        kind="quiet"
        small
        icon="down"
        label={t("outcomes.down", { name })}
        disabled={last}
        onClick={() => onMove(1)}
      />
    </>
  );
}
