"""A caller's visit: arrives, waits, talks, is held, leaves. Hears the call events, keeps interaction and stint true."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from cti.events import (
    CallerArrived,
    CallerHeld,
    CallerInFallback,
    CallerLeft,
    CallerWaits,
    Joined,
    SwitchBack,
    SwitchLost,
)
from cti.facts import LinkDown
from cti.orders import HangUp
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.agents import change_duty
from routing.dismissal import end_reason
from routing.dues import LookUpDue
from routing.endings import Ending
from routing.legs import queue_again
from routing.machines import INTERACTION, STINT
from routing.messages import (
    CallerIdentified,
    IdentifyCaller,
    InteractionEnded,
    InteractionQueued,
    LinkCustomer,
    StintJoined,
)
from routing.offers import Offers, settle_accepted
from routing.opening import admitted
from routing.places import Places
from routing.record import record_call
from routing.rows import (
    TALKING,
    Interaction,
    InteractionState,
    Line,
    Match,
    Offer,
    OfferState,
    Stint,
    StintState,
)
from routing.state import MAIN_LINE, State
from routing.switchboard import Switchboard
from routing.tiers import kept
from routing.widening import move_from_gone, widen
from routing.wrapping import Wrapping

LOOK_UP = timedelta(seconds=1)


class Visits(Handles):
    """Turns call events into the life of interactions and stints."""

    def __init__(self, state: State, offers: Offers, wrapping: Wrapping, switchboard: Switchboard) -> None:
        self._state = state
        self._switchboard = switchboard
        self._offers = offers
        self._wrapping = wrapping
        self._places = Places(state)

    # ── arriving and waiting ────────────────────────────────────────────────────────────────────────────

    @on(CallerArrived)
    def _arrived(self, event: CallerArrived, turn: Turn) -> None:
        old = self._state.interactions.get(event.interaction_id)
        if old is not None:
            self._come_alive_again(old, turn)
            return
        self._state.put_interaction(
            Interaction(
                id=event.interaction_id,
                state=INTERACTION.initial,
                leg=event.leg,
                channel=event.channel,
                queue_id=self._state.entered_by(event.did),
                did=event.did,
                language=event.language,
                arrived_at=event.since or turn.at,
                place=self._place_since(event, turn.at),
                number=event.number,
                name=event.name,
            )
        )
        turn.due(
            turn.at + LOOK_UP,
            LookUpDue(key=f"lookup-{event.interaction_id}", interaction_id=event.interaction_id),
        )
        self._look_up(self._state.interactions[event.interaction_id], turn)

    def _come_alive_again(self, old: Interaction, turn: Turn) -> None:
        """A caller whom we took for gone, while the agent still wraps up, is there: the visit goes on."""
        if old.ended_at is not None:
            back = self._state.put_interaction(
                old, state=INTERACTION.initial, ended_at=None, end_reason=None, offer_id=None, stint_id=None
            )
            move_from_gone(self._state, back, turn)
            widen(self._state, self._state.interactions[old.id], turn)

    def _look_up(self, interaction: Interaction, turn: Turn) -> None:
        turn.send(
            IdentifyCaller(order_id=turn.new_id("look"), interaction_id=interaction.id, number=interaction.number)
        )

    @on(CallerIdentified)
    def _identified(self, fact: CallerIdentified, turn: Turn) -> None:
        interaction = self._state.interactions.get(fact.interaction_id)
        if interaction is None or interaction.customer_id is not None:
            return
        turn.cancel(f"lookup-{fact.interaction_id}")
        changed = self._state.put_interaction(
            interaction,
            match=fact.match,
            customer_id=fact.customer_id,
            contact_id=fact.contact_id,
            candidate_ids=fact.candidate_ids,
            level=fact.level,
        )
        record_call(self._state, changed, turn)

    @on(LookUpDue)
    def _look_up_due(self, due: LookUpDue, turn: Turn) -> None:
        interaction = self._state.interactions.get(due.interaction_id)
        if interaction is not None and interaction.match is None:
            self._state.put_interaction(interaction, match=Match.unknown if interaction.number else Match.withheld)

    @on(LinkCustomer)
    def _link(self, command: LinkCustomer, turn: Turn) -> None:
        interaction = self._state.interaction(command.interaction_id)
        self._state.own_stint(interaction.id, command.actor)
        changed = self._state.put_interaction(
            interaction, match=Match.known, customer_id=command.customer_id, level=command.level
        )
        record_call(self._state, changed, turn)

    @on(CallerWaits)
    def _waits(self, event: CallerWaits, turn: Turn) -> None:
        """Whoever waits again after a talk begins anew to wait in the queue."""
        interaction = self._state.interactions.get(event.interaction_id)
        if interaction is None:
            return
        state = INTERACTION.observe(interaction.state, "waits")
        if state is interaction.state:
            return
        again = interaction.again_since
        if interaction.state in TALKING:
            self._called_back(interaction, turn)
            again = turn.at
        first = interaction.queued_at is None
        talked = interaction.answered_at is not None and interaction.state is not InteractionState.in_fallback
        waiting = self._state.put_interaction(
            interaction,
            state=state,
            again_since=again,
            queued_at=interaction.queued_at or turn.at,
            in_queue_since=turn.at if talked else interaction.in_queue_since or turn.at,
            tiers=kept(self._state.queue_of(interaction), interaction.tiers) if talked else interaction.tiers,
            place=self._first_place(interaction, turn.at) if first else interaction.place or turn.at,
        )
        move_from_gone(self._state, waiting, turn)
        waiting = self._state.interactions[waiting.id]
        if first and admitted(self._state, waiting, turn):
            queue_id = self._state.interactions[waiting.id].queue_id
            turn.emit(InteractionQueued(interaction_id=waiting.id, queue_id=queue_id))

    def _first_place(self, caller: Interaction, at: datetime) -> datetime:
        """Now, or when the caller is known to have come; never behind somebody whom the switch numbered later, as at
        the end of an outage: we may only have heard of those sooner, or know when they came and not that they wait."""
        return min(caller.place or at, self._places.least_after(caller.id) or at, at)

    def _place_since(self, event: CallerArrived, at: datetime) -> datetime | None:
        """When a caller came of whom only the snapshot tells; never before somebody who is known and whom the switch
        numbered earlier: its clock may have been set since."""
        if event.since is None or event.since == at:
            return None
        return max(event.since, self._places.most_before(event.interaction_id) or event.since)

    def _called_back(self, interaction: Interaction, turn: Turn) -> None:
        """Our order to come back from the fallback queue reached the caller just after a phone there had answered."""
        stint = self._state.current_stint(interaction)
        if stint is not None and stint.state in (StintState.joined, StintState.held):
            self._wrapping.talk_over(stint, "caller_called_back", turn)

    def _waits_on_the_line(self, offer: Offer) -> bool:
        """Whether somebody answered one of several phones while we were away, and waits for our word still."""
        answered = offer.shared and offer.state is OfferState.accepted
        return answered and self._switchboard.alive(offer.leg)

    @on(CallerInFallback)
    def _fallback(self, event: CallerInFallback, turn: Turn) -> None:
        """The switch's own queue has the caller, so the claims of our offers are void. A phone that answers on one of
        them is turned away by the switch, for by then another may talk there: such a leg is gone or useless, and its
        offer over. Only an agent of a queue that rings all, who waits on the line for our word, is kept: the caller
        comes back, where nobody is rung for them or that phone does not answer, and is theirs as soon as that is seen
        (`Offers._back`). Should it answer, it has the caller. The switch keeps nobody on the line for long."""
        interaction = self._state.interactions.get(event.interaction_id)
        if interaction is None or interaction.state in TALKING:
            return
        for offer in self._open_offers(interaction):
            if self._waits_on_the_line(offer):
                continue
            broken = "failed" if offer.state is OfferState.pending else "broken"
            self._offers.end(offer, Ending(broken, "caller_in_fallback"), turn)
        interaction = self._state.interactions[interaction.id]
        waiting = self._state.put_interaction(
            interaction,
            state=INTERACTION.observe(interaction.state, "fallback"),
            place=interaction.place or interaction.arrived_at,
        )
        move_from_gone(self._state, waiting, turn)
        if not event.ringing:
            queue_again(interaction, turn)

    # ── talking ─────────────────────────────────────────────────────────────────────────────────────────

    @on(Joined)
    def _joined(self, event: Joined, turn: Turn) -> None:
        interaction = self._state.interactions.get(event.interaction_id)
        if interaction is None:
            return
        stint = self._stint_for(event, interaction, turn)
        for offer in self._open_offers(interaction):
            if offer.leg == event.agent_leg:
                settle_accepted(self._state, offer, turn.at)
        self._offers.rescind(interaction.id, event.agent_leg, stint.agent_id if stint else None, turn)
        interaction = self._state.interactions[interaction.id]
        if stint is not None:
            first = stint.joined_at is None
            stint = self._join_stint(stint, event.agent_channel, turn)
            change_duty(self._state, stint.agent_id, "joined", turn.at)
        if stint is not None and first:
            turn.emit(StintJoined(interaction_id=interaction.id, stint_id=stint.id, agent_id=stint.agent_id))
        state = INTERACTION.observe(interaction.state, "joined")
        got = interaction.prefer_agent is None or (stint is not None and stint.agent_id == interaction.prefer_agent)
        changed = self._state.put_interaction(
            interaction,
            state=state,
            offer_id=None,
            stint_id=stint.id if stint else None,
            answered_at=interaction.answered_at or turn.at,
            front=False,
            again_since=None,
            dismissal=None,
            prefer_agent=None,
            prefer_until=None,
            preferred=interaction.preferred if got else None,
            from_fallback=interaction.from_fallback or not event.ours,
        )
        record_call(self._state, changed, turn)

    def _stint_for(self, event: Joined, interaction: Interaction, turn: Turn) -> Stint | None:
        for stint in self._state.stints.where("leg", event.agent_leg):
            if stint.state is not StintState.done:
                return stint
        agents = self._state.agents.where("endpoint", event.endpoint)
        if not agents:
            return None
        return Stint(turn.new_id("st"), interaction.id, agents[0].id, STINT.initial, turn.at, event.agent_leg)

    def _join_stint(self, stint: Stint, channel: str, turn: Turn) -> Stint:
        """Also out of wrap-up: the talk that seemed to be over goes on."""
        held = stint.held_seconds
        turn.cancel(f"wrap-{stint.id}")
        if stint.held_since is not None:
            held += (turn.at - stint.held_since).total_seconds()
        return self._state.stints.put(
            replace(
                stint,
                state=STINT.observe(stint.state, "joined"),
                channel=channel,
                joined_at=stint.joined_at or turn.at,
                held_since=None,
                held_seconds=held,
                problem=None,
                talk_ended_at=None,
                wrapping_since=None,
                wrap_deadline=None,
                end_reason=None,
            )
        )

    @on(CallerHeld)
    def _held(self, event: CallerHeld, turn: Turn) -> None:
        interaction = self._state.interactions.get(event.interaction_id)
        if interaction is None:
            return
        self._state.put_interaction(interaction, state=INTERACTION.observe(interaction.state, "held"))
        stint = self._state.current_stint(interaction)
        if stint is not None and stint.state is StintState.joined:
            held = STINT.observe(stint.state, "held")
            self._state.stints.put(replace(stint, state=held, held_since=turn.at, problem=None))

    # ── leaving ─────────────────────────────────────────────────────────────────────────────────────────

    @on(CallerLeft)
    def _left(self, event: CallerLeft, turn: Turn) -> None:
        interaction = self._state.interactions.get(event.interaction_id)
        if interaction is None or interaction.ended_at is not None or interaction.state is InteractionState.dialling:
            return
        reason = end_reason(interaction) or ("lost_in_outage" if event.unseen else _end_reason(interaction))
        for offer in self._open_offers(interaction):
            self._offers.end(offer, Ending("caller_left", "caller_left"), turn)
        for stint in self._state.stints.where("interaction_id", interaction.id):
            if stint.state not in (StintState.joined, StintState.held):
                continue
            held = stint.state is StintState.held
            self._wrapping.talk_over(stint, "lost_in_outage" if event.unseen else "caller_hung_up", turn)
            if held:
                turn.send(HangUp(order_id=turn.new_id("hup"), leg=stint.leg, interaction_id=interaction.id))
        interaction = self._state.interactions[interaction.id]
        served_or_told = interaction.answered_at is not None or interaction.dismissal is not None
        ended = self._state.put_interaction(
            interaction,
            state=INTERACTION.observe(interaction.state, "left" if served_or_told else "gave_up"),
            ended_at=turn.at,
            end_reason=reason,
        )
        turn.cancel(f"lookup-{ended.id}")
        turn.cancel(f"prefer-{ended.id}")
        turn.cancel(f"widen-{ended.id}")
        turn.cancel(f"tier-{ended.id}")
        turn.cancel(f"dismissed-{ended.id}")
        record_call(self._state, ended, turn)
        turn.emit(InteractionEnded(interaction_id=ended.id, state=ended.state.value, reason=reason))
        self._state.tidy(ended.id)

    def _open_offers(self, interaction: Interaction) -> list[Offer]:
        return [one for one in self._state.live_offers(interaction.id) if one.ended_at is None]

    # ── the switch ───────────────────────────────────────────────────────────────────────────────────────

    @on(SwitchLost, LinkDown)
    def _switch_lost(self, event: SwitchLost | LinkDown, turn: Turn) -> None:
        self._state.lines.put(Line(MAIN_LINE, up=False, since=turn.at, detail=event.reason))
        if isinstance(event, LinkDown) and event.reason == "start":
            self._look_up_again(turn)

    def _look_up_again(self, turn: Turn) -> None:
        """A look-up that was under way when we were killed is lost."""
        for one in list(self._state.interactions):
            if one.ended_at is None and one.number and one.customer_id is None and not one.candidate_ids:
                self._look_up(one, turn)

    @on(SwitchBack)
    def _switch_back(self, event: SwitchBack, turn: Turn) -> None:
        self._state.lines.put(Line(MAIN_LINE, up=True, since=turn.at, detail=event.switch_version))


def _end_reason(interaction: Interaction) -> str:
    if interaction.state in TALKING:
        return "caller_hung_up"
    if interaction.front:
        return "gave_up_after_phone_lost"
    return "agent_hung_up" if interaction.answered_at else "abandoned"
