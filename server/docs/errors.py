"""docs/errors.md: every stable error id, found in the source where an error is constructed."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from agent_desktop.middleware import HTTP_IDS
from kernel.errors import IllegalCommand, TrunklineError
from server.docs.source import Source, sources
from server.docs.states import ALL_MACHINES
from server.docs.tables import table

BASE = TrunklineError.__init__
PUSH = "agent_desktop/push.py"
EXPLAINED: Mapping[str, str] = {
    "database_unusable": "The database cannot be opened, read or written; the message says why and what to do.",
    "port_unusable": "The web server cannot listen on its address and port; the message says why and what to do.",
    "schema_not_current": "The database is empty, older or newer than this program, or not ours; the message says"
    " which, and what to do.",
    "switch_no_answer": "The switch did not answer in time, or the link was lost before it did: nobody can say whether"
    " the action happened.",
    "ami_clear_text": "The switch is on another machine and would be told its secret without TLS; the message says what"
    " to set. Nothing was started.",
    "ami_garbage": "What comes over the link is not AMI; the link is closed and dialled again.",
    "password_weak": "The password is too short, too long, a common one, a simple pattern, or made of the name; the"
    " message says which.",
    "hours_zone_unknown": "Business hours name a time zone that does not exist.",
    "hours_segment_bad": "A segment of business hours is out of range, or ends before it starts.",
    "hours_overlap": "Two segments of one weekday overlap.",
}
"""Meanings of ids whose message is put together from parts; the checks below fail for one that is gone."""
OF_HTTP: Mapping[str, tuple[str, str]] = {
    "http_error": ("4xx, 5xx", "Any other HTTP error of the web server; the message is HTTP's own."),
    "incident": ("500", "Something that nobody foresaw; the log has the details under the incident's number."),
}


@dataclass(frozen=True, slots=True)
class Built:
    """One construction of an error in the source."""

    id: str
    kind: type[TrunklineError]
    message: str
    path: str


def errors() -> str:
    """The whole document; raises LookupError for an id that cannot be read off the source."""
    lines = [
        "# Error ids\n",
        "Generated from the source by `make docs`; do not edit. An id is stable: programs and translations key on it,"
        ' never on the message. A browser gets `{"error": {"id", "message", "details"}}` with the status below'
        " (`kernel/errors.py` has the tree, `agent_desktop/middleware.py` makes the answer); the command line prints"
        " the message. `‹…›` stands for a value.\n",
        *table(("id", "status", "class", "message", "raised in"), _rows(all_built())),
        "\n## Refusals of state machines\n",
        "A command that its state table does not allow (status 409, class `IllegalCommand`, `details`: machine, state,"
        " command). The tables are in [states.md](states.md).\n",
        *table(("id", "command", "allowed in"), _machine_rows()),
        "\n## Answers of the web server itself\n",
        "The same shape, without a class behind it (`agent_desktop/middleware.py`).\n",
        *table(("id", "status", "message"), _http_rows()),
        "\n## Refused sockets\n",
        "Reasons for which a browser's socket is not let in (`connect_error` of socket.io; `agent_desktop/push.py`).\n",
        *table(("reason",), ([f"`{one}`"] for one in _refusals())),
    ]
    return "\n".join([*lines, ""])


def all_built() -> list[Built]:
    """Every construction of an error in the rooms."""
    found = [built for source in sources() for built in _of(source)]
    gone = EXPLAINED.keys() - {one.id for one in found}
    if gone:
        raise LookupError(f"server/docs/errors.py explains ids that nothing raises: {', '.join(sorted(gone))}")
    return found


def _of(source: Source) -> Iterator[Built]:
    for function in ast.walk(source.tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for call in _calls(function):
            kind = source.meaning(call.func)
            if not (isinstance(kind, type) and issubclass(kind, TrunklineError)) or kind is IllegalCommand:
                continue
            id, message = _fixed(kind) or _given(call, source)
            own = message if message is not None else call.args[0] if call.args else None
            yield Built(id, kind, EXPLAINED.get(id) or _words(own, function) or _first_line(kind), source.path)


def _calls(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Call]:
    """The calls in a function, without those of functions inside it (they are walked by themselves)."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Call):
            yield node
        waiting.extend(ast.iter_child_nodes(node))


def _given(call: ast.Call, source: Source) -> tuple[str, ast.expr]:
    """Id and message of `Refused("id", message)`."""
    if len(call.args) < 2 or not isinstance(call.args[0], ast.Constant):
        raise LookupError(f"{source.path}:{call.lineno}: an error id is a literal, so that it can be documented")
    return str(call.args[0].value), call.args[1]


def _fixed(kind: type[TrunklineError]) -> tuple[str, None] | None:
    """The id of a class that hands its own to its base; None for a class that takes it as an argument."""
    if kind.__init__ is BASE:
        return None
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
            first = call.args[0]
            if isinstance(first, ast.Constant):
                return str(first.value), None
    raise LookupError(f"{kind.__name__} takes no id and has none of its own")


def _words(node: ast.expr | None, function: ast.AST) -> str:
    """A message as text; a variable stands for all that the function assigns to it. Empty when nothing is said."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_words(one, function) for one in parts)
        case ast.FormattedValue(value=value):
            inner = _words(value, function) if isinstance(value, ast.Name) else ""
            return inner or f"‹{ast.unparse(value)}›"
        case ast.Name(id=name):
            found = [_words(one, function) for one in _assigned(name, function)]
            return " / ".join(one for one in dict.fromkeys(found) if one)
    return ""


def _assigned(name: str, function: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _is_named(node.targets, name) and not _is_named(ast.walk(node.value), name):
            yield node.value


def _is_named(nodes: Iterable[ast.AST], name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in nodes)


def _first_line(kind: type) -> str:
    return (kind.__doc__ or "").strip().split("\n")[0]


def _rows(built: Iterable[Built]) -> Iterator[tuple[str, ...]]:
    by_id: defaultdict[str, list[Built]] = defaultdict(list)
    for one in built:
        by_id[one.id].append(one)
    for id, group in sorted(by_id.items()):
        kinds = dict.fromkeys(one.kind for one in group)
        yield (
            f"`{id}`",
            ", ".join(dict.fromkeys(str(kind.status) for kind in kinds)),
            ", ".join(f"`{kind.__name__}`" for kind in kinds),
            " / ".join(dict.fromkeys(one.message for one in group)),
            ", ".join(f"`{path}`" for path in sorted({one.path for one in group})),
        )


def _machine_rows() -> Iterator[tuple[str, ...]]:
    for machine in ALL_MACHINES:
        for verb in dict.fromkeys(verb for _, verb in machine.commands):
            allowed = ", ".join(state.value for state in machine.states if machine.allows(state, verb))
            yield f"`{machine.name}_{verb}_not_now`", verb, allowed


def _http_rows() -> Iterator[tuple[str, ...]]:
    for status, (id, message) in HTTP_IDS.items():
        yield f"`{id}`", str(status), message
    for id, (statuses, message) in OF_HTTP.items():
        yield f"`{id}`", statuses, message


def _refusals() -> list[str]:
    """Reasons in `raise Refusal("reason")`, of the one file that knows socket.io."""
    calls = [node for source in sources() if source.path == PUSH for node in ast.walk(source.tree)]
    refused = [one for one in calls if isinstance(one, ast.Call) and _is_named([one.func], "Refusal")]
    return sorted({str(ast.literal_eval(call.args[0])) for call in refused})
