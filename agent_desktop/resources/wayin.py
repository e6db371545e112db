"""How somebody gets in again: a new password, no second step, failed sign-ins that count no more."""

from __future__ import annotations

from typing_extensions import TypedDict

from agent_desktop.api import Ask, Route
from agent_desktop.resources.staff import GONE, OfPeople, PersonRow, WithPassword, by, person_row
from kernel.access import Right


class HeldRow(TypedDict):
    """Failed sign-ins that count just now: passwords of a quarter of an hour, codes of an hour, from how many
    addresses; `delay_seconds` is how long somebody at a new address waits between two tries."""

    passwords: int
    codes: int
    places: int
    delay_seconds: int


class WayInResource(OfPeople):
    async def reset_password(self, ask: Ask) -> WithPassword:
        person = await self._other(ask)
        password, ended = await self._people.service.reset_password(person.id, by(ask), self._people.now())
        await self._push.sign_out_all(ended, "password_changed")
        return {"person": person_row(await self._people.service.staff(person.id)), "password": password}

    async def reset_second_step(self, ask: Ask) -> PersonRow:
        person = await self._other(ask)
        ended = await self._people.service.reset_second_step(person.id, by(ask), self._people.now())
        await self._push.sign_out_all(ended, "second_step_reset")
        return person_row(await self._people.service.staff(person.id))

    async def held(self, ask: Ask) -> HeldRow:
        person = await self._reached(ask, Right.user_manage)
        found = await self._people.service.held(person.id, self._people.now())
        delay = round(found.delay.total_seconds())
        return {
            "passwords": found.passwords,
            "codes": found.codes,
            "places": found.places,
            "delay_seconds": delay,
        }

    async def let_in(self, ask: Ask) -> None:
        """Not for one's own account: whoever has a stolen session could guess on at its password."""
        person = await self._other(ask)
        await self._people.service.let_in(person.id, by(ask), self._people.now())

    def routes(self) -> tuple[Route, ...]:
        return (*self._reset_routes(), *self._attempt_routes())

    def _reset_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="POST",
                path="/api/people/{id}/password",
                resource=self.reset_password,
                rule=Right.user_manage,
                summary="A new password for a person, made up and to be changed at the next sign-in",
                answer=WithPassword,
                errors={**GONE, 409: ("own_account",), 503: ("sign_in_busy",)},
            ),
            Route(
                method="DELETE",
                path="/api/people/{id}/second-step",
                resource=self.reset_second_step,
                rule=Right.user_manage,
                summary="Take away the second step of a person who lost it",
                answer=PersonRow,
                errors={**GONE, 409: ("second_step_missing", "own_account")},
            ),
        )

    def _attempt_routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET",
                path="/api/people/{id}/attempts",
                resource=self.held,
                rule=Right.user_manage,
                summary="Failed sign-ins that count against a person just now",
                answer=HeldRow,
                errors=GONE,
            ),
            Route(
                method="DELETE",
                path="/api/people/{id}/attempts",
                resource=self.let_in,
                rule=Right.user_manage,
                summary="Let a person try to sign in again at once; what failed counts no more",
                status=204,
                errors={**GONE, 409: ("own_account",)},
            ),
        )
