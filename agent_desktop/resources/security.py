"""How safe my account is: password, second step, sessions."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, SecretStr
from typing_extensions import TypedDict

from agent_desktop import sessions
from agent_desktop.api import Ask, Form, Open, Route
from agent_desktop.deskview import moment
from agent_desktop.people import People
from agent_desktop.push import Push
from agent_desktop.resources.account import CodeForm, EnrolmentAnswer, enrolment_answer, origin_of
from crm_core.people.rows import By, Session
from kernel.access import Right

PROOF_ERRORS = {422: ("own_password_wrong",), 429: ("too_many_attempts",), 503: ("sign_in_busy",)}


class Proof(Form):
    """Once more the password; empty for somebody who has none."""

    password: SecretStr = Field(max_length=1024)


class PasswordChange(Form):
    old: SecretStr = Field(max_length=1024)
    password: SecretStr = Field(min_length=1, max_length=1024)


class SessionRow(TypedDict):
    """`ip` is where it was used last, `places` where it was used at all; `method` how its person proved who they
    are."""

    id: str
    created_at: str | None
    seen_at: str | None
    ip: str
    places: list[str]
    user_agent: str
    method: str
    current: bool


class SessionList(TypedDict):
    items: list[SessionRow]


class Ended(TypedDict):
    """How many sessions ended."""

    ended: int


class Security(TypedDict):
    """`second_step_at` is since when a second step is asked; None when there is none."""

    has_password: bool
    second_step_at: str | None
    second_step_required: bool
    recovery_codes_left: int


class RecoveryCodes(TypedDict):
    """Shown this once."""

    recovery_codes: list[str]


def session_rows(found: Sequence[Session], current: str | None) -> SessionList:
    return {
        "items": [
            {
                "id": one.id,
                "created_at": moment(one.created_at),
                "seen_at": moment(one.seen_at),
                "ip": one.ip,
                "places": list(one.places),
                "user_agent": one.user_agent,
                "method": one.method,
                "current": one.id == current,
            }
            for one in found
        ]
    }


class SecurityResource:
    def __init__(self, people: People, push: Push) -> None:
        self._people = people
        self._push = push

    async def security(self, ask: Ask) -> Security:
        found = await self._people.standing(ask.actor)
        return {
            "has_password": found.has_password,
            "second_step_at": moment(found.enrolled_at),
            "second_step_required": found.required,
            "recovery_codes_left": found.recovery_left,
        }

    async def change_password(self, ask: Ask) -> Ended:
        form = ask.form(PasswordChange)
        await self._people.prove(ask.me, form.old.get_secret_value(), ask.ip)
        ended = await self._people.change_password(ask.me, form.password.get_secret_value(), ask.ip)
        await self._push.sign_out_all(ended, "password_changed")
        return {"ended": len(ended)}

    async def begin_enrolment(self, ask: Ask) -> EnrolmentAnswer:
        await self._prove(ask)
        return enrolment_answer(await self._people.begin_enrolment(ask.me))

    async def finish_enrolment(self, ask: Ask) -> RecoveryCodes:
        _, done = await self._people.finish_enrolment(ask.me, ask.form(CodeForm).code, origin_of(ask))
        await self._push.sign_out_all(done.ended, "second_step_set")
        return {"recovery_codes": done.codes}

    async def remove_second_step(self, ask: Ask) -> None:
        await self._prove(ask)
        await self._push.sign_out_all(await self._people.remove_second_step(ask.me, ask.ip), "second_step_removed")

    async def renew_codes(self, ask: Ask) -> RecoveryCodes:
        await self._prove(ask)
        return {"recovery_codes": await self._people.renew_codes(ask.me, ask.ip)}

    async def list_sessions(self, ask: Ask) -> SessionList:
        return session_rows(await self._people.sessions(ask.actor), ask.me.session_id)

    async def revoke_session(self, ask: Ask) -> None:
        session_id = ask.key("id")
        await self._people.revoke(By(ask.actor, ask.ip), ask.actor, session_id)
        await self._push.sign_out(session_id, "session_revoked")
        if session_id == ask.me.session_id:
            await sessions.end(ask.request)

    async def revoke_others(self, ask: Ask) -> Ended:
        ended = await self._people.revoke_all(By(ask.actor, ask.ip), ask.actor, ask.me.session_id)
        await self._push.sign_out_all(ended, "session_revoked")
        return {"ended": len(ended)}

    async def _prove(self, ask: Ask) -> None:
        await self._people.prove(ask.me, ask.form(Proof).password.get_secret_value(), ask.ip)

    def routes(self) -> tuple[Route, ...]:
        return (*self._password_routes(), *self._second_step_routes(), *self._session_routes())

    def _password_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/me/security",
                resource=self.security,
                rule=Open.signed_in,
                summary="How I sign in",
                answer=Security,
                errors={404: ("staff_unknown",)},
            ),
            Route(
                method="PUT",
                path="/api/me/password",
                resource=self.change_password,
                rule=Open.signed_in,
                summary="Change my password; my other sessions end",
                body=PasswordChange,
                answer=Ended,
                errors={**PROOF_ERRORS, 404: ("staff_unknown",), 422: ("own_password_wrong", "password_weak")},
            ),
        )

    def _second_step_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="POST",
                path="/api/me/second-step",
                resource=self.begin_enrolment,
                rule=Open.signed_in,
                summary="Begin to set up a second step, or another app for it",
                body=Proof,
                answer=EnrolmentAnswer,
                errors={**PROOF_ERRORS, 404: ("staff_unknown",)},
            ),
            Route(
                method="POST",
                path="/api/me/second-step/code",
                resource=self.finish_enrolment,
                rule=Open.signed_in,
                summary="Finish it by a code of the app; answers the recovery codes",
                body=CodeForm,
                answer=RecoveryCodes,
                errors={409: ("enrolment_not_begun",), 422: ("code_unfit",)},
            ),
            Route(
                method="POST",
                path="/api/me/second-step/remove",
                resource=self.remove_second_step,
                rule=Open.signed_in,
                summary="Take my second step away",
                body=Proof,
                status=204,
                errors={**PROOF_ERRORS, 404: ("staff_unknown",), 409: ("second_step_required",)},
            ),
            Route(
                method="POST",
                path="/api/me/recovery-codes",
                resource=self.renew_codes,
                rule=Open.signed_in,
                summary="New recovery codes; the old ones are worth nothing",
                body=Proof,
                answer=RecoveryCodes,
                errors={**PROOF_ERRORS, 404: ("staff_unknown",), 409: ("second_step_missing",)},
            ),
        )

    def _session_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/sessions",
                resource=self.list_sessions,
                rule=Right.session_own,
                summary="Where I am signed in",
                answer=SessionList,
            ),
            Route(
                method="DELETE",
                path="/api/sessions/{id}",
                resource=self.revoke_session,
                rule=Right.session_own,
                summary="End one of my sessions",
                status=204,
                errors={404: ("session_unknown",)},
            ),
            Route(
                method="DELETE",
                path="/api/sessions",
                resource=self.revoke_others,
                rule=Right.session_own,
                summary="End all my sessions but this one",
                answer=Ended,
            ),
        )
