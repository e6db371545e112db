// The page that says one thing (message.html), as the server makes it: the real template, by the few words of Jinja
// that it uses.

import { readFileSync } from "node:fs";

const BLOCK = /{% block (\w+) %}([\s\S]*?){% endblock %}/g;
const template = (name) => readFileSync(new URL(`../../../templates/${name}`, import.meta.url), "utf8");

export function messagePage(values) {
  const own = template("message.html");
  const blocks = Object.fromEntries([...own.matchAll(BLOCK)].map(([, name, text]) => [name, text]));
  const page = template(/{% extends "(.+?)" %}/.exec(own)[1])
    .replace(BLOCK, (_, name, text) => blocks[name] ?? text)
    .replace(/{% include "(.+?)" %}/g, (_, name) => template(name))
    .replace(/{% for (\w+) in (\w+) %}([\s\S]*?){% endfor %}/g, (_, each, list, text) =>
      values[list].map((one) => text.replaceAll(`{{ ${each} }}`, one)).join(""),
    )
    .replace(/{% if (\w+) %}([\s\S]*?){% endif %}/g, (_, name, text) => (values[name] ? text : ""))
    .replace(/{{ (\w+) }}/g, (_, name) => values[name]);
  if (/{[{%]|undefined/.test(page)) throw new Error("message.html uses more of Jinja than is known here");
  return page;
}
