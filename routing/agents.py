"""Agents: who is here, what they do, and whether their phone can ring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from cti.events import PhoneChanged
from kernel.errors import Invalid, Refused
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.dues import AgentAwayDue
from routing.machines import DUTY, PRESENCE
from routing.messages import AgentStateChanged, DeskSeen, DesksUnknown, SetPresence, SignInAgent, SignOutAgent
from routing.rows import Agent, Duty, Presence, Reach
from routing.setupmessages import PhonesConfigured
from routing.state import PhoneLease, State

SIGNED_OUT = "signed_out"
DESK_GONE = "desk_gone"
LEAVING = frozenset({SIGNED_OUT, DESK_GONE})
"""Reasons to be out that give the phone back."""
PAUSE_REASONS = ("break", "lunch", "training", "admin")


class Agents(Handles):
    """Sign-in, presence and phones."""

    def __init__(self, state: State, reachable: Callable[[str], bool]) -> None:
        """`reachable` tells whether the switch reaches a phone, as far as it said so."""
        self._state = state
        self._reachable = reachable

    @on(SignInAgent)
    def _sign_in(self, command: SignInAgent, turn: Turn) -> None:
        old = self._state.agents.get(command.agent_id)
        lease = self._lease(command.agent_id)
        reach = Reach.reachable if lease.reachable else Reach.lost
        if old is None:
            state = (Presence.out, Duty.idle, reach, turn.at, turn.at)
            old = Agent(command.agent_id, command.name, *state, number=self._next_number())
        changes: dict[str, object] = {"name": command.name, "endpoint": lease.id, "device": reach}
        if old.next_presence is Presence.out and old.next_reason in LEAVING:
            changes |= {"next_presence": None, "next_reason": None}
        if old.presence is Presence.out:
            changes |= {
                "presence": Presence.paused,
                "pause_reason": "start",
                "why": "signed_in",
                "missed": 0,
                "silent": 0,
            }
        self._state.put_agent(old, **changes)
        turn.reply = lease.id

    def _next_number(self) -> int:
        return max((one.number for one in self._state.agents), default=-1) + 1

    def _lease(self, agent_id: str) -> PhoneLease:
        phones = sorted(self._state.phones, key=lambda one: one.id)
        mine = [one for one in phones if one.agent_id == agent_id and one.configured]
        free = [one for one in phones if one.agent_id is None and one.configured]
        free = free or [one for one in phones if one.configured and self._left_behind(one)]
        if not mine and not free:
            raise Refused(
                "no_phone_free",
                "All phones of the pool are taken. Ask an administrator to add phones with "
                "`trunkline install-dialplan --write --phones N`.",
                phones=len(phones),
            )
        found = (mine or free)[0]
        for other in self._state.agents.where("endpoint", found.id):
            if other.id != agent_id:
                self._state.put_agent(other, endpoint=None, device=Reach.lost)
        return self._state.phones.put(PhoneLease(found.id, found.reachable, agent_id))

    def _left_behind(self, phone: PhoneLease) -> bool:
        """Whether whoever leased the phone went away without signing out: it is unreachable, and they have no call."""
        agent = self._state.agents.get(phone.agent_id)
        return not phone.reachable and (agent is None or agent.duty is Duty.idle)

    @on(SignOutAgent)
    def _sign_out(self, command: SignOutAgent, turn: Turn) -> None:
        agent = self._state.agents.get(command.agent_id)
        if agent is None:
            return
        if agent.duty in (Duty.busy, Duty.reserved):
            raise Refused("call_in_hand", "You have a call. End it before you sign out.", agent_id=agent.id)
        if agent.duty is Duty.idle:
            leave(self._state, agent, SIGNED_OUT)
        else:
            self._state.put_agent(agent, next_presence=Presence.out, next_reason=SIGNED_OUT)

    @on(SetPresence)
    def _set_presence(self, command: SetPresence, turn: Turn) -> None:
        agent = self._state.agent(command.agent_id)
        paused = command.presence is Presence.paused
        if paused and command.reason not in PAUSE_REASONS:
            raise Invalid(
                "bad_pause_reason",
                "Choose a reason for the pause.",
                fields={"reason": f"one of {', '.join(PAUSE_REASONS)}"},
            )
        reason = command.reason if paused else None
        if agent.duty is not Duty.idle:
            same = agent.presence is command.presence and agent.pause_reason == reason
            self._state.put_agent(
                agent, next_presence=None if same else command.presence, next_reason=None if same else reason
            )
            return
        take_presence(self._state, agent, command.presence, reason, turn.at, "chosen")

    @on(DeskSeen)
    def _desk(self, command: DeskSeen, turn: Turn) -> None:
        agent = self._state.agents.get(command.agent_id)
        if agent is not None:
            self._watch(self._state.put_agent(agent, away_after=None if command.open else command.grace), turn)

    @on(DesksUnknown)
    def _no_desk_yet(self, fact: DesksUnknown, turn: Turn) -> None:
        for agent in [one for one in self._state.agents if one.presence is not Presence.out]:
            self._watch(self._state.put_agent(agent, away_after=fact.grace), turn)

    @on(AgentStateChanged)
    def _changed(self, event: AgentStateChanged, turn: Turn) -> None:
        """Whoever came in without desk or phone (asked by a program) is watched too."""
        agent = self._state.agents.get(event.agent_id)
        if agent is not None:
            self._watch(agent, turn)

    def _watch(self, agent: Agent, turn: Turn) -> None:
        """Somebody who left without signing out has neither desk nor phone; after a grace they are out."""
        key = f"away-{agent.id}"
        if agent.presence is Presence.out or agent.away_after is None or agent.device is Reach.reachable:
            turn.cancel(key)
            if agent.next_reason == DESK_GONE:
                self._state.put_agent(agent, next_presence=None, next_reason=None)
        elif turn.deadlines.get(key) is None:
            due = turn.at + timedelta(seconds=agent.away_after)
            turn.due(due, AgentAwayDue(key=key, agent_id=agent.id))

    @on(AgentAwayDue)
    def _away(self, due: AgentAwayDue, turn: Turn) -> None:
        """Never in the middle of a call: whoever has work in hand is out when it ends."""
        agent = self._state.agents.get(due.agent_id)
        if agent is None or agent.away_after is None or agent.device is Reach.reachable:
            return
        if agent.duty is Duty.idle:
            leave(self._state, agent, DESK_GONE)
        else:
            self._state.put_agent(agent, next_presence=Presence.out, next_reason=DESK_GONE)

    @on(PhonesConfigured)
    def _configured(self, fact: PhonesConfigured, turn: Turn) -> None:
        for endpoint in fact.endpoints:
            old = self._state.phones.get(endpoint)
            if old is None or not old.configured:
                holder = old.agent_id if old is not None else None
                self._state.phones.put(PhoneLease(endpoint, self._reachable(endpoint), holder))
        for phone in list(self._state.phones):
            if phone.id not in fact.endpoints:
                self._state.phones.put(PhoneLease(phone.id, phone.reachable, phone.agent_id, configured=False))

    @on(PhoneChanged)
    def _phone(self, event: PhoneChanged, turn: Turn) -> None:
        """A phone that comes back can be rung at once, whatever rest its going brought."""
        phone = self._state.phones.get(event.endpoint)
        if phone is None:
            return
        self._state.phones.put(PhoneLease(phone.id, event.reachable, phone.agent_id, phone.configured))
        for agent in self._state.agents.where("endpoint", event.endpoint):
            if event.reachable:
                agent = self._state.put_agent(agent, device=Reach.reachable, not_before=None, silent=0)
            else:
                agent = self._state.put_agent(agent, device=Reach.lost)
            self._watch(agent, turn)


def take_presence(state: State, agent: Agent, presence: Presence, reason: str | None, at: datetime, why: str) -> None:
    """Give an idle agent a presence; becoming ready starts the idle time anew."""
    if presence is Presence.out and reason in LEAVING:
        leave(state, agent, str(reason))
        return
    new = PRESENCE.after(agent.presence, presence.value)
    changes: dict[str, object] = {"presence": new, "pause_reason": reason, "why": why}
    if new is Presence.ready:
        changes |= {"missed": 0, "silent": 0, "not_before": None, "about": None}
        if agent.presence is not Presence.ready:
            changes["idle_since"] = at
    state.put_agent(agent, next_presence=None, next_reason=None, **changes)


def leave(state: State, agent: Agent, why: str) -> None:
    """The agent goes out and gives the phone back."""
    for phone in state.phones:
        if phone.agent_id == agent.id:
            state.phones.put(PhoneLease(phone.id, phone.reachable, None, phone.configured))
    state.put_agent(
        agent,
        presence=PRESENCE.after(agent.presence, "out"),
        pause_reason=None,
        next_presence=None,
        next_reason=None,
        endpoint=None,
        device=Reach.lost,
        why=why,
        about=None,
    )


def reserve_for_outbound(state: State, agent_id: str, why: str = "dialling") -> Agent:
    """Reserve the agent for a call that they place: no caller is offered to them meanwhile. Raises Refused.

    The presence is left alone, and so is the state before given back by itself: `change_duty` with `released` when
    nothing came of the call, with `wrap_over` after its wrap-up. A next state chosen meanwhile is taken instead.
    """
    agent = state.agent(agent_id)
    if agent.duty is not Duty.idle:
        raise Refused("agent_busy", "You have a call in hand. End it before you place another.", agent_id=agent_id)
    if agent.endpoint is None or agent.device is Reach.lost:
        raise Refused("phone_not_there", "Your phone is not connected, so nothing can be dialled.", agent_id=agent_id)
    return state.put_agent(agent, duty=DUTY.after(agent.duty, "reserve"), why=why, about=None)


def change_duty(
    state: State, agent_id: str, fact: str, at: datetime, why: str = "", about: str | None = None, **changes: object
) -> Agent | None:
    """Tell the agent's duty a fact; `why` (the fact itself, if not given) is the code of what happened, `about` whom it
    names. Becoming idle takes the presence chosen meanwhile."""
    agent = state.agents.get(agent_id)
    if agent is None:
        return None
    duty = DUTY.observe(agent.duty, fact)
    if duty is agent.duty:
        return agent
    agent = state.put_agent(agent, duty=duty, why=why or fact, about=about, **changes)
    if duty is Duty.idle and agent.next_presence is not None:
        take_presence(state, agent, agent.next_presence, agent.next_reason, at, "chosen_before")
    return state.agents[agent_id]
