"""A state machine is a table with one door for commands and one for facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from kernel.errors import IllegalCommand

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Machine(Generic[S]):
    """Allowed transitions of one kind of thing.

    `commands` are asked for by somebody and refused when not in the table. `facts` have already happened:
    a late or repeated one leaves the state alone and is counted in `ignored`.
    """

    name: str
    states: type[S]
    initial: S
    commands: Mapping[tuple[S, str], S]
    facts: Mapping[tuple[S, str], S]
    ignored: Counter[tuple[str, str]] = field(default_factory=Counter, compare=False)

    def after(self, state: S, command: str) -> S:
        """The state after `command`; raises IllegalCommand and changes nothing when it is not allowed."""
        try:
            return self.commands[state, command]
        except KeyError:
            raise IllegalCommand(
                f"{self.name}_{command}_not_now",
                f"{self.name} is {state.value}: {command} is not possible now.",
                machine=self.name,
                state=state.value,
                command=command,
            ) from None

    def allows(self, state: S, command: str) -> bool:
        """Whether `command` is possible in `state`."""
        return (state, command) in self.commands

    def observe(self, state: S, fact: str) -> S:
        """The state after `fact`; a fact that does not fit is ignored and counted."""
        if (state, fact) not in self.facts:
            self.ignored[state.value, fact] += 1
            return state
        return self.facts[state, fact]

    @property
    def terminal(self) -> frozenset[S]:
        """States that nothing leaves."""
        leaving = {state for state, _ in (*self.commands, *self.facts)}
        return frozenset(set(self.states) - leaving)


def table(*rows: tuple[Iterable[S] | S, str, S]) -> dict[tuple[S, str], S]:
    """Build a transition table from (from state or states, verb, to state) rows; a double entry is an error."""
    out: dict[tuple[S, str], S] = {}
    for origin, verb, target in rows:
        origins: Iterable[S] = [origin] if isinstance(origin, StrEnum) else origin
        for one in origins:
            if (one, verb) in out:
                raise ValueError(f"two transitions for {one} on {verb}")
            out[one, verb] = target
    return out
