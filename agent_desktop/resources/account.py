"""Signing in step by step, signing out, and who I am."""

from __future__ import annotations

from typing import Literal

import structlog
from pydantic import Field, SecretStr
from typing_extensions import TypedDict

from agent_desktop import sessions
from agent_desktop.api import Ask, Form, Open, Route
from agent_desktop.hub import Hub
from agent_desktop.people import Origin, People, SignedIn
from agent_desktop.ports import CommandPort
from agent_desktop.push import Push
from crm_core.people.rows import Stage
from crm_core.people.second.service import Enrolment
from kernel.access import Right, scope_of
from kernel.errors import Refused, TrunklineError
from routing.messages import SignOutAgent

log = structlog.get_logger(__name__)


class SignIn(Form):
    login: str = Field(min_length=1, max_length=120)
    password: SecretStr = Field(min_length=1, max_length=1024)


class CodeForm(Form):
    """A code of the app, or a recovery code."""

    code: str = Field(min_length=1, max_length=60)


class NewPassword(Form):
    password: SecretStr = Field(min_length=1, max_length=1024)


class MeChange(Form):
    language: Literal["en", "es", "zh", "ru"]


class Account(TypedDict):
    """`rights` says how far each right reaches: own, team, all."""

    stage: Literal["open"]
    id: str
    name: str
    login: str
    roles: list[str]
    rights: dict[str, str]
    language: str
    csrf_token: str


class Entering(TypedDict):
    """A sign-in with a step to go."""

    stage: Literal["code", "password", "enrol"]
    csrf_token: str


class EnrolmentAnswer(TypedDict):
    """For an authenticator app: by hand, as a link, as a QR code in SVG."""

    secret: str
    uri: str
    svg: str


class Enrolled(TypedDict):
    """The recovery codes are shown this once."""

    recovery_codes: list[str]
    account: Account


def account_of(who: SignedIn) -> Account:
    person = who.person
    scopes = {right.value: scope_of(who.actor, right) for right in Right}
    return {
        "stage": "open",
        "id": person.id,
        "name": person.name,
        "login": person.login,
        "roles": list(person.roles),
        "rights": {name: scope.name for name, scope in scopes.items() if scope is not None},
        "language": person.language,
        "csrf_token": who.csrf_token,
    }


def standing_of(who: SignedIn) -> Account | Entering:
    match who.stage:
        case Stage.code:
            return {"stage": "code", "csrf_token": who.csrf_token}
        case Stage.password:
            return {"stage": "password", "csrf_token": who.csrf_token}
        case Stage.enrol:
            return {"stage": "enrol", "csrf_token": who.csrf_token}
        case _:
            return account_of(who)


def enrolment_answer(made: Enrolment) -> EnrolmentAnswer:
    return {"secret": made.secret, "uri": made.uri, "svg": made.svg}


def origin_of(ask: Ask) -> Origin:
    return Origin(ask.ip, ask.request.headers.get("User-Agent", "")[:300])


class AccountResource:
    def __init__(self, people: People, commands: CommandPort, hub: Hub, push: Push) -> None:
        self._people = people
        self._commands = commands
        self._hub = hub
        self._push = push

    async def sign_in(self, ask: Ask) -> Account | Entering:
        form = ask.form(SignIn)
        found = await self._people.sign_in(form.login, form.password.get_secret_value(), origin_of(ask))
        before = await sessions.entering(ask.request)
        if before is not None:
            await self._end(before, ask.ip)
        await sessions.begin(ask.request, found)
        return standing_of(found)

    async def give_code(self, ask: Ask) -> Account | Entering:
        found = await self._people.give_code(ask.me, ask.form(CodeForm).code, origin_of(ask))
        await sessions.begin(ask.request, found)
        return standing_of(found)

    async def give_password(self, ask: Ask) -> Account | Entering:
        password = ask.form(NewPassword).password.get_secret_value()
        found = await self._people.give_password(ask.me, password, origin_of(ask))
        await sessions.begin(ask.request, found)
        return standing_of(found)

    async def begin_enrolment(self, ask: Ask) -> EnrolmentAnswer:
        return enrolment_answer(await self._people.begin_enrolment(ask.me))

    async def finish_enrolment(self, ask: Ask) -> Enrolled:
        found, done = await self._people.finish_enrolment(ask.me, ask.form(CodeForm).code, origin_of(ask))
        await self._push.sign_out_all(done.ended, "second_step_set")
        await sessions.begin(ask.request, found)
        return {"recovery_codes": done.codes, "account": account_of(found)}

    async def give_up(self, ask: Ask) -> None:
        """Back to the first step, as somebody else."""
        if ask.me.stage is Stage.open:
            raise Refused("sign_in_elsewhere", "This step of signing in is done already. Reload the page.")
        await self._end(ask.me, ask.ip)
        await sessions.end(ask.request)

    async def sign_out(self, ask: Ask) -> None:
        """A person with a call in hand is refused; the agent goes out with the last session."""
        if len(await self._people.sessions(ask.actor)) <= 1:
            try:
                await self._commands.execute(SignOutAgent(actor=ask.actor, agent_id=ask.actor))
            except Refused:
                raise
            except TrunklineError as error:
                log.warning("agent not signed out", agent_id=ask.actor, error=error.id)
        await self._end(ask.me, ask.ip)
        await sessions.end(ask.request)

    async def me(self, ask: Ask) -> Account:
        return account_of(ask.me)

    async def change_me(self, ask: Ask) -> Account:
        language = ask.form(MeChange).language
        await self._people.set_language(ask.me, language, ask.ip)
        self._hub.language_changed(ask.actor, language)
        return {**account_of(ask.me), "language": language}

    async def _end(self, who: SignedIn, ip: str) -> None:
        await self._people.sign_out(who, ip)
        await self._push.sign_out(who.session_id, "signed_out")

    def routes(self) -> tuple[Route, ...]:
        return (*self._sign_in_routes(), *self._step_routes(), *self._enrolment_routes(), *self._own_routes())

    def _sign_in_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="POST",
                path="/api/sign-in",
                resource=self.sign_in,
                rule=Open.public,
                summary="Sign in; sets the session cookie, perhaps of a session with steps to go",
                body=SignIn,
                answer=Account | Entering,
                errors={401: ("sign_in_failed",), 429: ("too_many_attempts",), 503: ("sign_in_busy",)},
            ),
            Route(
                method="POST",
                path="/api/sign-out",
                resource=self.sign_out,
                rule=Open.signed_in,
                summary="Sign out",
                status=204,
                errors={409: ("call_in_hand",)},
            ),
        )

    def _step_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="POST",
                path="/api/sign-in/code",
                resource=self.give_code,
                rule=Open.entering,
                summary="The second step of a sign-in: a code of the app, or a recovery code",
                body=CodeForm,
                answer=Account | Entering,
                errors={
                    401: ("code_wrong", "sign_in_failed"),
                    409: ("sign_in_elsewhere",),
                    429: ("too_many_attempts",),
                },
            ),
            Route(
                method="POST",
                path="/api/sign-in/password",
                resource=self.give_password,
                rule=Open.entering,
                summary="A password of one's own, in place of one that an administrator knows",
                body=NewPassword,
                answer=Account | Entering,
                errors={
                    401: ("sign_in_failed",),
                    409: ("sign_in_elsewhere", "password_same"),
                    422: ("password_weak",),
                    503: ("sign_in_busy",),
                },
            ),
            Route(
                method="DELETE",
                path="/api/sign-in",
                resource=self.give_up,
                rule=Open.entering,
                summary="Give up a sign-in that has steps to go",
                status=204,
                errors={409: ("sign_in_elsewhere",)},
            ),
        )

    def _enrolment_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="POST",
                path="/api/sign-in/enrolment",
                resource=self.begin_enrolment,
                rule=Open.entering,
                summary="Begin to set up the second step that one's role must have",
                answer=EnrolmentAnswer,
                errors={409: ("sign_in_elsewhere",)},
            ),
            Route(
                method="POST",
                path="/api/sign-in/enrolment/code",
                resource=self.finish_enrolment,
                rule=Open.entering,
                summary="Finish it by a code of the app; answers the recovery codes",
                body=CodeForm,
                answer=Enrolled,
                errors={
                    401: ("sign_in_failed",),
                    409: ("sign_in_elsewhere", "enrolment_not_begun"),
                    422: ("code_unfit",),
                },
            ),
        )

    def _own_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/me",
                resource=self.me,
                rule=Open.signed_in,
                summary="Who I am, with the token that changing requests must carry",
                answer=Account,
            ),
            Route(
                method="PATCH",
                path="/api/me",
                resource=self.change_me,
                rule=Open.signed_in,
                summary="Change my language",
                body=MeChange,
                answer=Account,
            ),
        )
