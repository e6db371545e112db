"""Asterisk's `${variable}`, `${FUNCTION(args)}` and `$[expression]`, as far as the dialplan kit uses them. Pure.

A text is compiled once into a tree; filling it in asks a `Lookup` for variables and functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache


class DialplanError(Exception):
    """The dialplan holds something that the simulated switch does not know."""


Lookup = Callable[[str, str | None], str]
"""Called with a name and, for a function, its filled-in arguments (None for a plain variable)."""


@dataclass(frozen=True, slots=True)
class Text:
    """A compiled text: literals, variables and expressions in order."""

    parts: tuple[str | Variable | Expression, ...]

    def fill(self, lookup: Lookup) -> str:
        return "".join(part if isinstance(part, str) else part.fill(lookup) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Variable:
    name: Text
    arguments: Text | None

    def fill(self, lookup: Lookup) -> str:
        return lookup(self.name.fill(lookup), None if self.arguments is None else self.arguments.fill(lookup))


@dataclass(frozen=True, slots=True)
class Expression:
    inner: Text

    def fill(self, lookup: Lookup) -> str:
        return evaluate(self.inner.fill(lookup))


def compile_text(text: str) -> Text:
    """Raises DialplanError for a brace or bracket that is never closed."""
    parts: list[str | Variable | Expression] = []
    at = 0
    while True:
        start = _next(text, at)
        if start < 0:
            return Text((*parts, text[at:]))
        if start > at:
            parts.append(text[at:start])
        end = _closing(text, start + 1)
        inner = text[start + 2 : end]
        parts.append(_variable(inner) if text[start + 1] == "{" else Expression(compile_text(inner)))
        at = end + 1


def functions(text: Text) -> Iterator[str]:
    """The functions that a text calls, in lower case, those inside others too."""
    for part in text.parts:
        if isinstance(part, Variable):
            if part.arguments is not None:
                yield from (name.lower() for name in part.name.parts if isinstance(name, str))
                yield from functions(part.arguments)
            else:
                yield from functions(part.name)
        elif isinstance(part, Expression):
            yield from functions(part.inner)


def _next(text: str, at: int) -> int:
    found = [n for n in (text.find("${", at), text.find("$[", at)) if n >= 0]
    return min(found, default=-1)


def _closing(text: str, opening: int) -> int:
    up, down = text[opening], {"{": "}", "[": "]"}[text[opening]]
    depth = 0
    for n in range(opening, len(text)):
        depth += (text[n] == up) - (text[n] == down)
        if depth == 0:
            return n
    raise DialplanError(f"unclosed {up!r} in {text!r}")


def _variable(inner: str) -> Variable:
    name, opened, rest = inner.partition("(")
    if not opened or "$" in name:
        return Variable(compile_text(inner), None)
    return Variable(compile_text(name), compile_text(rest.rpartition(")")[0]))


_TOKEN = re.compile(r'\s*(?:"([^"]*)"|(!=|>=|<=|[=<>&|+\-*/()])|([^\s=<>&|+*/()"!]+))')
_RANKS: tuple[tuple[str, ...], ...] = (("|",), ("&",), ("=", "!=", "<", ">", "<=", ">="), ("+", "-"), ("*", "/"))


@lru_cache(maxsize=8192)
def evaluate(text: str) -> str:
    """The value of an expression such as `"5" = "4"` or `3 + 1`."""
    tokens: list[tuple[str, bool]] = []
    at = 0
    stripped = text.strip()
    while at < len(stripped):
        found = _TOKEN.match(stripped, at)
        if found is None:
            raise DialplanError(f"cannot read the expression {text!r}")
        quoted, operator, word = found.groups()
        tokens.append((operator, True) if operator else (quoted if quoted is not None else word, False))
        at = found.end()
    value, rest = _level(tokens, 0)
    if rest:
        raise DialplanError(f"cannot read the expression {text!r}")
    return value


Tokens = list[tuple[str, bool]]


def _level(tokens: Tokens, rank: int) -> tuple[str, Tokens]:
    if rank == len(_RANKS):
        return _atom(tokens)
    value, tokens = _level(tokens, rank + 1)
    while tokens and tokens[0][1] and tokens[0][0] in _RANKS[rank]:
        operator = tokens[0][0]
        right, tokens = _level(tokens[1:], rank + 1)
        value = _apply(operator, value, right)
    return value, tokens


def _atom(tokens: Tokens) -> tuple[str, Tokens]:
    if not tokens:
        return "", tokens
    text, is_operator = tokens[0]
    if not is_operator:
        return text, tokens[1:]
    if text == "(":
        value, rest = _level(tokens[1:], 0)
        return value, rest[1:]
    if text == "-":
        value, rest = _atom(tokens[1:])
        return str(-_number(value)), rest
    return "", tokens


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def _truth(text: str) -> bool:
    return text not in ("", "0")


def _compare(operator: str, left: str, right: str) -> bool:
    try:
        order = int(left) - int(right)
    except ValueError:
        order = (left > right) - (left < right)
    tests = {"=": order == 0, "!=": order != 0, "<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}
    return tests[operator]


def _apply(operator: str, left: str, right: str) -> str:
    if operator == "|":
        return left if _truth(left) else right
    if operator == "&":
        return left if _truth(left) and _truth(right) else "0"
    if operator in "+-*/":
        a, b = _number(left), _number(right)
        if operator == "/":
            return str(int(a / b)) if b else "0"
        return str({"+": a + b, "-": a - b, "*": a * b}[operator])
    return "1" if _compare(operator, left, right) else "0"
