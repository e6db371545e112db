// The search field of a list: what is typed becomes the `q` of the address once the typing rests.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../ui/icon";
import { place, setQuery } from "./router";

const PAUSE_MS = 200;

export function Finder({ label }: { label: string }) {
  const asked = place.value.query.get("q") ?? "";
  const words = useSignal(asked);
  useEffect(() => {
    const timer = setTimeout(() => {
      if ((place.value.query.get("q") ?? "") !== words.value.trim()) setQuery({ q: words.value.trim() });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words.value]);
  // The address changed by other means: the way back, or a link that clears the filter.
  useEffect(() => {
    if (words.value.trim() !== asked) words.value = asked;
  }, [asked]);
  return (
    <label class="finder">
      <Icon name="search" />
      <span class="sr">{label}</span>
      <input
        class="input"
        type="search"
        placeholder={label}
        value={words.value}
        onInput={(event) => (words.value = event.currentTarget.value)}
      />
    </label>
  );
}
