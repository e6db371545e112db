"""The state tables of routing. `docs/states.md` is drawn from them."""

from __future__ import annotations

from kernel.machine import Machine, table
from routing.rows import Duty, InteractionState, OfferState, Presence, StintState

I = InteractionState  # noqa: E741
S = StintState
O = OfferState  # noqa: E741

INTERACTION = Machine(
    "interaction",
    I,
    I.arriving,
    commands=table(
        ((I.queued, I.offered), "offer", I.offered),
        (I.queued, "dismiss", I.dismissed),
    ),
    facts=table(
        ((I.arriving, I.queued, I.after_call, I.in_fallback, I.active, I.held), "waits", I.queued),
        (I.dismissed, "waits", I.dismissed),
        (I.offered, "offer_over", I.queued),
        (
            (I.offered, I.held, I.in_fallback, I.queued, I.arriving, I.after_call, I.dialling, I.dismissed),
            "joined",
            I.active,
        ),
        (I.dialling, "not_reached", I.closed),
        (I.active, "held", I.held),
        ((I.active, I.held), "agent_gone", I.after_call),
        ((I.arriving, I.queued, I.offered, I.after_call, I.held, I.dismissed), "fallback", I.in_fallback),
        ((I.active, I.held, I.after_call, I.queued, I.offered, I.in_fallback, I.dismissed), "left", I.closed),
        ((I.arriving, I.queued, I.offered, I.in_fallback, I.after_call), "gave_up", I.abandoned),
    ),
)

STINT = Machine(
    "stint",
    S,
    S.offered,
    commands=table(
        (S.joined, "hold", S.joined),
        (S.held, "resume", S.held),
        ((S.joined, S.held), "hang_up", S.wrapping),
        (S.dialling, "hang_up", S.done),
        (S.wrapping, "extend", S.wrapping),
        (S.wrapping, "finish", S.done),
    ),
    facts=table(
        ((S.offered, S.dialling, S.held, S.wrapping), "joined", S.joined),
        (S.joined, "held", S.held),
        ((S.joined, S.held), "talk_over", S.wrapping),
        (S.wrapping, "wrap_expired", S.done),
        ((S.offered, S.dialling, S.joined, S.held), "dropped", S.done),
    ),
)

OFFER = Machine(
    "offer",
    O,
    O.pending,
    commands=table((O.pending, "decline", O.declined)),
    facts=table(
        (O.pending, "answered", O.accepted),
        (O.pending, "rejected", O.declined),
        (O.pending, "expired", O.timed_out),
        ((O.pending, O.accepted), "caller_left", O.rescinded),
        ((O.pending, O.accepted), "answered_elsewhere", O.rescinded),
        (O.pending, "failed", O.failed),
        (O.accepted, "broken", O.failed),
    ),
)

PRESENCE = Machine(
    "presence",
    Presence,
    Presence.out,
    commands=table(
        ((Presence.out, Presence.paused, Presence.ready), "ready", Presence.ready),
        ((Presence.out, Presence.ready, Presence.paused), "paused", Presence.paused),
        ((Presence.ready, Presence.paused, Presence.out), "out", Presence.out),
    ),
    facts=table(
        (Presence.ready, "missed_too_often", Presence.paused),
        (Presence.ready, "phone_failing", Presence.paused),
    ),
)

DUTY = Machine(
    "duty",
    Duty,
    Duty.idle,
    commands=table((Duty.idle, "reserve", Duty.reserved)),
    facts=table(
        (Duty.reserved, "released", Duty.idle),
        ((Duty.reserved, Duty.idle, Duty.wrapping), "joined", Duty.busy),
        (Duty.busy, "talk_over", Duty.wrapping),
        (Duty.busy, "dropped", Duty.idle),
        (Duty.wrapping, "wrap_over", Duty.idle),
    ),
)

MACHINES = (INTERACTION, STINT, OFFER, PRESENCE, DUTY)
