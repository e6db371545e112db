"""How dials end: told by the switch, given up by the agent, out of time, or decided by the snapshot after an outage."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cti.events import AgentLegEnded, CallerLeft, OrderFailed, SwitchBack
from cti.legs import NEVER_CAME
from cti.orders import DialOut, HangUp
from kernel.handling import Handles, on
from kernel.turn import Turn
from routing.agents import change_duty
from routing.attempts import SENT, Attempt, AttemptState, Outcome, outcome_of
from routing.dialling import DialDue, DialEnded, ReleaseNumber
from routing.lostphones import PHONE_LOST
from routing.machines import INTERACTION, STINT
from routing.messages import HangUpCall, InteractionEnded
from routing.record import record_call
from routing.state import State, advance
from routing.switchboard import Switchboard

GRACE = timedelta(seconds=5)
"""How long after its last second the switch may take to say what became of a leg."""
GAVE_UP, TIMED_OUT, NORMAL = "agent_hung_up", "timed_out", 16
AGAIN = timedelta(seconds=30)
"""How long until the end of a leg of which nothing is heard is ordered again."""


class DialEnds(Handles):
    """Ends attempts, and with each what hangs on it: the number's lock, the interaction, the agent's part."""

    def __init__(self, state: State, switchboard: Switchboard) -> None:
        self._state = state
        self._switchboard = switchboard

    @on(CallerLeft)
    def _number_ended(self, event: CallerLeft, turn: Turn) -> None:
        attempt = self._state.attempt_of(event.interaction_id)
        if attempt is None:
            return
        if attempt.state is AttemptState.bridged:
            return self.end(attempt, Outcome.reached, "talked", turn)
        if event.unseen:
            self._never_came(attempt, turn)
        else:
            self._number_gone(attempt, event.cause, False, f"cause_{event.cause}", turn)

    def _never_came(self, attempt: Attempt, turn: Turn) -> None:
        """Nothing was heard of the leg. While the link is down the snapshot decides; else it is over for the agent, and
        the number not free while the leg can come."""
        if self._state.line_up and attempt.state in (AttemptState.dialing, AttemptState.answered):
            self._let_go(attempt, Outcome.unknown, attempt.reason or "never_came", turn)
            late = (attempt.dialed_at or turn.at) + NEVER_CAME
            turn.due(max(late, turn.at) + GRACE, DialDue(key=f"dial-{attempt.id}", attempt_id=attempt.id))

    def _number_gone(self, attempt: Attempt, cause: int, unseen: bool, reason: str, turn: Turn) -> None:
        if attempt.state is AttemptState.ending:
            return self._finish(attempt, turn)
        answered, given_up = attempt.answered_at is not None, attempt.reason == GAVE_UP
        rang_out = attempt.reason == TIMED_OUT and attempt.ringing_at is not None
        if rang_out and not answered and cause == NORMAL:
            return self.end(attempt, Outcome.no_answer, TIMED_OUT, turn)
        outcome = outcome_of(cause, unseen=unseen, answered=answered, given_up=given_up)
        self.end(attempt, outcome, attempt.reason or reason, turn)

    @on(AgentLegEnded)
    def _agent_ended(self, event: AgentLegEnded, turn: Turn) -> None:
        """Before the number was dialled that is all; later the number's leg is ended first, and its end awaited."""
        attempt = self._state.attempt_on(event.leg)
        if attempt is None or attempt.state in (AttemptState.bridged, AttemptState.ending):
            return
        if attempt.state in SENT:
            lost = event.unseen or event.cause in PHONE_LOST - {0}  # 0 is what a phone's own hang-up here is told as
            reason = "phone_lost" if lost else GAVE_UP
            self._state.attempts.put(replace(attempt, reason=reason))
            self.hang_up(attempt, attempt.customer_leg, turn)
            turn.due(turn.at + GRACE, DialDue(key=f"dial-{attempt.id}", attempt_id=attempt.id))
        else:
            self.end(attempt, Outcome.failed, "agent_phone", turn)

    @on(HangUpCall)
    def _give_up(self, command: HangUpCall, turn: Turn) -> None:
        """Before there is a leg to hang up (Control sees to that), the attempt is simply over."""
        attempt = self._state.attempt_of(command.interaction_id)
        if attempt is not None and attempt.state in (AttemptState.asked, AttemptState.permitted):
            self.end(attempt, Outcome.cancelled, GAVE_UP, turn)

    @on(OrderFailed)
    def _order_failed(self, event: OrderFailed, turn: Turn) -> None:
        """Refused: it never began. Without an answer nobody knows: the leg's own end, the snapshot or the time tell."""
        kind, _, attempt_id = event.order_id.partition("-")
        attempt = self._state.attempts.get(attempt_id)
        if kind not in ("dialler", "dial") or attempt is None or event.unknown:
            return
        if attempt.state is AttemptState.ending:
            return self._finish(attempt, turn)
        self.end(attempt, Outcome.failed, "switch_refused", turn)

    @on(DialDue)
    def _dial_due(self, due: DialDue, turn: Turn) -> None:
        """The switch said nothing of the end: what may live is hung up; then it is over for the agent, unknown. While
        the link is down the switch cannot say anything, and both may talk: the snapshot decides."""
        attempt = self._state.attempts.get(due.attempt_id)
        if attempt is None or attempt.state is AttemptState.bridged:
            return
        if attempt.state in SENT and not self._state.line_up:
            return
        if attempt.reason is None:
            self._state.attempts.put(replace(attempt, reason=TIMED_OUT))
            self.hang_up(attempt, attempt.customer_leg if attempt.state in SENT else attempt.leg, turn)
            turn.due(turn.at + GRACE, DialDue(key=f"dial-{attempt.id}", attempt_id=attempt.id))
            return
        if attempt.state is AttemptState.ending:
            self._try_again(attempt, turn)
        elif attempt.state in SENT:
            self._let_go(attempt, Outcome.unknown, attempt.reason, turn)
        else:
            self.end(attempt, Outcome.failed, attempt.reason, turn)

    def _let_go(self, attempt: Attempt, outcome: Outcome, reason: str, turn: Turn) -> None:
        """It is over for the agent. The number is not free before its leg is known to be gone: until then its end is
        ordered again and again, which tells of a leg that is no more."""
        attempt = advance(self._state, attempt, "let_go", let_go_at=turn.at, outcome=outcome, reason=reason)
        self._told_over(attempt, outcome, reason, turn)
        self._hang_up_all(attempt, turn)
        self._close(attempt, turn)
        turn.due(turn.at + AGAIN, DialDue(key=f"dial-{attempt.id}", attempt_id=attempt.id))

    def _try_again(self, attempt: Attempt, turn: Turn) -> None:
        if not self._switchboard.alive(attempt.customer_leg):
            return self._finish(attempt, turn)
        self._hang_up_all(attempt, turn)
        turn.due(turn.at + AGAIN, DialDue(key=f"dial-{attempt.id}", attempt_id=attempt.id))

    def _finish(self, attempt: Attempt, turn: Turn) -> None:
        """The leg of an attempt that was let go is gone: now the number is free."""
        advance(self._state, attempt, "ends", ended_at=turn.at)
        self._free(attempt, turn)

    @on(SwitchBack)
    def _switch_back(self, event: SwitchBack, turn: Turn) -> None:
        """The snapshot decides: a leg that it does not show was never made, or is gone. Nothing is sent again. Of a
        number that is dialled only now, for it showed that the agent's phone has answered, it knows nothing."""
        only_now = {one.leg for one in turn.orders if isinstance(one, DialOut)}
        for attempt in [one for one in self._state.attempts if one.customer_leg not in only_now]:
            sent = attempt.state in SENT
            leg = attempt.customer_leg if sent else attempt.leg
            if attempt.state in (AttemptState.asked, AttemptState.bridged):
                continue
            if not self._switchboard.alive(leg):
                if sent:
                    self._number_gone(attempt, 0, True, "leg_gone", turn)
                else:
                    self.end(attempt, Outcome.failed, "leg_gone", turn)
            elif attempt.state is AttemptState.ending:
                self._try_again(attempt, turn)
            elif attempt.state is AttemptState.dialing and turn.deadlines.get(f"dial-{attempt.id}") is None:
                self.watch(attempt, 0, turn)

    def end(self, attempt: Attempt, outcome: Outcome, reason: str, turn: Turn) -> None:
        """The attempt is over, and the number free again. Legs that live are hung up, unless both talk."""
        attempt = advance(self._state, attempt, "ends", ended_at=turn.at, outcome=outcome, reason=reason)
        self._free(attempt, turn)
        self._told_over(attempt, outcome, reason, turn)
        if outcome is not Outcome.reached:
            self._hang_up_all(attempt, turn)
            self._close(attempt, turn)

    def _free(self, attempt: Attempt, turn: Turn) -> None:
        for key in (f"permit-{attempt.id}", f"dial-{attempt.id}"):
            turn.cancel(key)
        turn.save(ReleaseNumber(attempt_id=attempt.id))
        self._state.attempts.retire(attempt.id)

    @staticmethod
    def _told_over(attempt: Attempt, outcome: Outcome, reason: str, turn: Turn) -> None:
        ids = {"attempt_id": attempt.id, "interaction_id": attempt.interaction_id}
        turn.emit(DialEnded(**ids, outcome=outcome.value, reason=reason))

    def _hang_up_all(self, attempt: Attempt, turn: Turn) -> None:
        for leg in (attempt.customer_leg, attempt.leg):
            if self._switchboard.alive(leg):
                self.hang_up(attempt, leg, turn)

    def _close(self, attempt: Attempt, turn: Turn) -> None:
        """Nobody talked: the interaction ends with the attempt, and the agent is as before."""
        reason = (attempt.outcome or Outcome.failed).value
        for stint in self._state.stints.where("leg", attempt.leg):
            done = STINT.observe(stint.state, "dropped")
            over = replace(stint, state=done, done_at=turn.at, end_reason=reason, asked=None, asked_at=None)
            self._state.stints.put(over)
            turn.cancel(f"asked-{stint.id}")
        interaction = self._state.interactions.get(attempt.interaction_id)
        if interaction is not None and interaction.ended_at is None:
            closed = INTERACTION.observe(interaction.state, "not_reached")
            ended = self._state.put_interaction(interaction, state=closed, ended_at=turn.at, end_reason=reason)
            turn.cancel(f"lookup-{ended.id}")
            if attempt.dialed_at is not None:
                record_call(self._state, ended, turn)
            turn.emit(InteractionEnded(interaction_id=ended.id, state=ended.state.value, reason=reason))
        change_duty(self._state, attempt.agent_id, "released", turn.at)
        self._state.tidy(attempt.interaction_id)

    def hang_up(self, attempt: Attempt, leg: str, turn: Turn) -> None:
        turn.send(HangUp(order_id=turn.new_id("hup"), leg=leg, interaction_id=attempt.interaction_id))

    def watch(self, attempt: Attempt, seconds: int, turn: Turn) -> None:
        due = turn.at + timedelta(seconds=seconds) + GRACE
        turn.due(due, DialDue(key=f"dial-{attempt.id}", attempt_id=attempt.id))
