"""Reads the text of an extensions.conf into steps that the simulated switch can run. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lab.sim.expr import DialplanError, Text, compile_text


@dataclass(frozen=True, slots=True)
class Step:
    """One priority: an application (`key` is its name in lower case) and its compiled arguments."""

    app: str
    key: str
    arguments: Text


@dataclass(slots=True)
class Extension:
    steps: list[Step] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)


_CLASSES = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": ".+", "!": ".*"}
_LINE = re.compile(r"(\d+|n)(?:\((\w+)\))?\s*,\s*(\w+)\s*(?:\((.*)\))?\s*$")


def pattern(exten: str) -> re.Pattern[str]:
    """The pattern of an extension that begins with `_`."""
    return re.compile("".join(_CLASSES.get(c, re.escape(c)) for c in exten[1:]) + r"\Z")


class Dialplan:
    """`step(context, exten, priority)` is all that running needs. No `h` is ever run here."""

    def __init__(self, text: str) -> None:
        self.contexts: dict[str, dict[str, Extension]] = {}
        self._included: dict[str, list[str]] = {}
        self._patterns: dict[str, list[tuple[re.Pattern[str], Extension]]] = {}
        self._read(text)

    def _read(self, text: str) -> None:
        context, extension = "", None
        for number, raw in enumerate(text.splitlines(), 1):
            line = re.sub(r"(^|\s);.*", "", raw).strip()
            if header := re.fullmatch(r"\[([\w-]+)\].*", line):
                context = header[1]
                self.contexts.setdefault(context, {})
                continue
            key, arrow, rest = line.partition("=>")
            if not arrow or context == "general":
                continue
            if key.strip() == "include":
                self._included.setdefault(context, []).append(rest.strip())
                continue
            if key.strip() == "exten":
                exten, _, rest = rest.strip().partition(",")
                extension = self._extension(context, exten.strip())
            if extension is None:
                raise DialplanError(f"line {number}: `same` without an extension")
            self._step(extension, rest.strip(), number)

    def _extension(self, context: str, exten: str) -> Extension:
        extensions = self.contexts.setdefault(context, {})
        if exten not in extensions:
            extensions[exten] = Extension()
            if exten.startswith("_"):
                self._patterns.setdefault(context, []).append((pattern(exten), extensions[exten]))
        return extensions[exten]

    @staticmethod
    def _step(extension: Extension, text: str, number: int) -> None:
        found = _LINE.match(text)
        if found is None:
            raise DialplanError(f"line {number}: cannot read {text!r}")
        _, label, app, arguments = found.groups()
        extension.steps.append(Step(app, app.lower(), compile_text(arguments or "")))
        if label:
            extension.labels[label] = len(extension.steps)

    def extension(self, context: str, exten: str) -> Extension | None:
        exact = self.contexts.get(context, {}).get(exten)
        if exact is not None:
            return exact
        matching = (e for test, e in self._patterns.get(context, ()) if test.match(exten))
        included = (self.extension(other, exten) for other in self._included.get(context, ()))
        return next((e for e in (*matching, *included) if e is not None), None)

    def step(self, context: str, exten: str, priority: int) -> Step | None:
        extension = self.extension(context, exten)
        if extension is None or not 1 <= priority <= len(extension.steps):
            return None
        return extension.steps[priority - 1]

    def priority(self, context: str, exten: str, label: str) -> int | None:
        """The number of a priority given by number or label; None when there is none."""
        if label.isdigit():
            return int(label)
        extension = self.extension(context, exten)
        return None if extension is None else extension.labels.get(label)

    def steps(self) -> Iterator[Step]:
        """Every step there is."""
        for extensions in self.contexts.values():
            for extension in extensions.values():
                yield from extension.steps
