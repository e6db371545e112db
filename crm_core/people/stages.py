"""Which steps a sign-in takes. Pure."""

from __future__ import annotations

from crm_core.people.rows import SignInPolicy, Staff, Stage

ORDER = (Stage.code, Stage.password, Stage.enrol, Stage.open)


def next_stage(person: Staff, policy: SignInPolicy, after: Stage | None = None) -> Stage:
    """The step that comes after one that is done; first of all the second factor, last the open session."""
    left = ORDER if after is None else ORDER[ORDER.index(after) + 1 :]
    return next((one for one in left if _wanted(one, person, policy)), Stage.open)


def second_step_required(person: Staff, policy: SignInPolicy) -> bool:
    """Whether a role of the person must have a second step."""
    return bool(policy.totp_roles.intersection(person.roles))


def _wanted(stage: Stage, person: Staff, policy: SignInPolicy) -> bool:
    match stage:
        case Stage.code:
            return person.totp_at is not None
        case Stage.password:
            return person.must_change
        case Stage.enrol:
            return person.totp_at is None and second_step_required(person, policy)
    return True
