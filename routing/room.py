"""Routing's handlers in their order, over one State."""

from __future__ import annotations

from kernel.turn import Handler
from routing.agents import Agents
from routing.announcing import Announcing
from routing.audited import Audited
from routing.away import Away
from routing.control import Control
from routing.dialends import DialEnds
from routing.dismissal import Dismissals
from routing.expectation import Expectations
from routing.lostphones import LostPhones
from routing.matchmaking import Matchmaker
from routing.offers import Offers
from routing.opening import Closed, Openings
from routing.outbound import Outbound
from routing.outcomes import Outcomes
from routing.outside import Outside
from routing.overflow import Overflow
from routing.partings import Partings
from routing.picking import Picking
from routing.preference import Preferences
from routing.recent import Recently
from routing.recorded import Recorded
from routing.resuming import Resuming
from routing.setup import Setup
from routing.standing import Standings
from routing.state import State
from routing.strays import Strays
from routing.switchboard import Switchboard
from routing.visits import Visits
from routing.widening import Widening
from routing.wrapping import Wrapping


def handlers(state: State, switchboard: Switchboard) -> tuple[Handler, ...]:
    """What is audited is looked at before it changes. What was recently is noted of a caller who is there
    still. Offers come late: they match after each message. What people see
    of an agent is looked at last."""
    wrapping = Wrapping(state)
    matchmaker = Matchmaker(state, switchboard)
    expectations = Expectations(state, matchmaker)
    overflow = Overflow(state, expectations)
    offers = Offers(state, switchboard, matchmaker, overflow.look)
    lost_phones = LostPhones(state, wrapping, offers)
    dial_ends = DialEnds(state, switchboard)
    outcomes = Outcomes(state)
    closed = Closed(state)
    return (
        Audited(state),
        outcomes,
        Setup(state, outcomes),
        Openings(state),
        Agents(state, switchboard.reachable),
        wrapping,
        Control(state, switchboard),
        Outbound(state, switchboard, dial_ends),
        dial_ends,
        Recently(state),
        Visits(state, offers, wrapping, switchboard),
        Dismissals(state),
        Resuming(state),
        Partings(state, wrapping, lost_phones, switchboard),
        Outside(state, switchboard, closed.not_reached),
        closed,
        Recorded(state),
        lost_phones,
        Away(state),
        Widening(state),
        Preferences(state),
        expectations,
        overflow,
        Picking(state, offers),
        offers,
        Announcing(state, expectations),
        Strays(state, switchboard),
        Standings(state),
    )
