"""A world with a trunk and an agent who calls somebody."""

from __future__ import annotations

from typing import Any

from cti import events as ev
from cti.facts import LinkDown
from kernel.core import Core, Outcome
from routing.attempts import Attempt
from routing.dialling import DialNumber, PermitGranted, TrunkConfigured
from routing.rows import Presence
from tests.unit.routing.world import World

NUMBER = "+34600111222"


class Desk(World):
    """A world with a trunk and Ana, who calls."""

    def __init__(self, presence: Presence = Presence.ready, trunk: str = "PJSIP/{number}@trunk") -> None:
        super().__init__()
        self.say(TrunkConfigured(dial=trunk, caller_number="+34910000000", ring_seconds=30))
        self.agent("ana", presence)

    def dial(self, actor: str = "ana", customer_id: str | None = "cu-1") -> Attempt:
        return self.state.attempts[str(self.say(DialNumber(actor=actor, number=NUMBER, customer_id=customer_id)))]

    def grant(self, attempt: Attempt) -> None:
        self.say(PermitGranted(attempt_id=attempt.id, interaction_id=attempt.interaction_id, permit_id="permit-1"))

    def agent_answers(self, attempt: Attempt) -> None:
        self.live_legs.add(attempt.leg)
        ids = self.ids(attempt, attempt.leg)
        self.say(ev.AgentLegRinging(**ids, endpoint="cti-phone-01"))
        self.say(ev.AgentLegUp(**ids, endpoint="cti-phone-01", channel="PJSIP/cti-phone-01-1"))

    def rings(self, attempt: Attempt) -> None:
        self.live_legs.add(attempt.customer_leg)
        self.say(ev.CustomerDialled(**self.ids(attempt, attempt.customer_leg), channel="PJSIP/trunk-1"))
        self.say(ev.CustomerRinging(**self.ids(attempt, attempt.customer_leg)))

    def talk(self, attempt: Attempt) -> None:
        self.say(ev.CustomerUp(**self.ids(attempt, attempt.customer_leg)))
        self.join(attempt.interaction_id, attempt.leg, "cti-phone-01")

    def number_ends(self, attempt: Attempt, cause: int, unseen: bool = False) -> None:
        self.live_legs.discard(attempt.customer_leg)
        self.say(ev.CallerLeft(**self.ids(attempt, attempt.customer_leg), cause=cause, unseen=unseen))

    def agent_ends(self, attempt: Attempt, cause: int = 16, unseen: bool = False) -> None:
        self.live_legs.discard(attempt.leg)
        ids = self.ids(attempt, attempt.leg)
        self.say(ev.AgentLegEnded(**ids, endpoint="cti-phone-01", cause=cause, unseen=unseen))

    @staticmethod
    def ids(attempt: Attempt, leg: str) -> dict[str, Any]:
        return {"interaction_id": attempt.interaction_id, "leg": leg}

    def row(self, attempt: Attempt) -> Attempt:
        """The attempt as it is kept, an ended one as it was saved."""
        change = self.out.changes.get(("attempts", attempt.id))
        found: Attempt = self.state.attempts.get(attempt.id) or (change.row if change else attempt)
        return found

    def restart(self) -> None:
        """kill -9 after the last commit: a new process on what was saved."""
        rows = {name: list(shelf) for name, shelf in self.core.shelves.items()}
        fresh = World.__new__(World)
        World.__init__(fresh)
        self.state = fresh.state
        self.core = Core(fresh.state.shelves, fresh.core.handlers)
        fresh.live_legs = self.live_legs
        fresh.rung_by_switch = self.rung_by_switch
        for shelf in self.core.shelves.values():
            for key in [row.id for row in shelf]:
                shelf.drop(key)
            shelf.settle()
        self.core.load(rows, self.out.last_seq)
        self.out = Outcome(changes=self.out.changes)
        self.say(LinkDown(reason="start"))


def asked_and_ringing(desk: Desk) -> Attempt:
    attempt = desk.dial()
    desk.grant(attempt)
    desk.agent_answers(attempt)
    desk.rings(attempt)
    return attempt
