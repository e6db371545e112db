"""Skills, groups, and what each person can do."""

from __future__ import annotations

from typing_extensions import TypedDict

from agent_desktop.api import Ask, Route
from agent_desktop.people import People
from agent_desktop.setupedits import CHECKED, SHELVES, SetUpEdits
from agent_desktop.setupforms import Changed, NamedRow, NameForm, ProfileForm, ProfileRow, RenameForm, Version
from kernel.access import Right
from routing.teamwork import Edit

CONFLICT = {404: ("no_such_setup",), 409: ("setup_changed",)}


class Skills(TypedDict):
    skills: list[NamedRow]


class Groups(TypedDict):
    groups: list[NamedRow]


class Profiles(TypedDict):
    profiles: list[ProfileRow]


class NamedResource:
    """Skills or groups: rows that have a name and nothing else."""

    def __init__(self, kind: str, edits: SetUpEdits) -> None:
        self._kind = kind
        self._edits = edits

    @property
    def listed(self) -> list[NamedRow]:
        found: list[NamedRow] = self._edits.rows(SHELVES[self._kind], NamedRow.__annotations__)
        return sorted(found, key=lambda one: (one["name"].casefold(), one["id"]))

    async def skills(self, ask: Ask) -> Skills:
        return {"skills": self.listed}

    async def groups(self, ask: Ask) -> Groups:
        return {"groups": self.listed}

    async def create(self, ask: Ask) -> Changed:
        name = ask.form(NameForm).name
        return await self._edits.make(ask, Edit(self._kind, self._edits.new_id(self._kind, name), {"name": name}, 0))

    async def rename(self, ask: Ask) -> Changed:
        form = ask.form(RenameForm)
        return await self._edits.make(ask, Edit(self._kind, ask.key("id"), {"name": form.name}, form.version))

    async def remove(self, ask: Ask) -> Changed:
        return await self._edits.make(ask, Edit(self._kind, ask.key("id"), None, ask.filters(Version).version))

    def routes(self) -> tuple[Route, ...]:
        many, right, path = f"{self._kind}s", Right.setup_write, f"/api/{self._kind}s"
        listed, answer = (self.skills, Skills) if self._kind == "skill" else (self.groups, Groups)
        return (
            Route(
                method="GET", path=path, resource=listed, rule=Right.setup_read, summary=f"All {many}, by name",
                answer=answer,
            ),
            Route(
                method="POST", path=path, resource=self.create, rule=right, summary=f"Make a {self._kind}",
                body=NameForm, answer=Changed, status=201,
                errors={409: ("setup_changed",), 422: ("setup_name_taken",)},
            ),
            Route(
                method="PATCH", path=f"{path}/{{id}}", resource=self.rename, rule=right, body=RenameForm,
                summary=f"Rename a {self._kind}", answer=Changed, errors={**CONFLICT, 422: ("setup_name_taken",)},
            ),
            Route(
                method="DELETE", path=f"{path}/{{id}}", resource=self.remove, rule=right, query=Version,
                summary=f"Remove a {self._kind} that is not in use", answer=Changed,
                errors={404: ("no_such_setup",), 409: ("setup_changed", "setup_in_use")},
            ),
        )  # fmt: skip


class ProfileResource:
    def __init__(self, edits: SetUpEdits, people: People) -> None:
        self._edits = edits
        self._people = people

    async def profiles(self, ask: Ask) -> Profiles:
        rows = self._edits.rows("profiles", ("id", "skills", "groups", "version"))
        names = await self._people.names([row["id"] for row in rows])
        found: list[ProfileRow] = [{**row, "name": names.get(row["id"], row["id"])} for row in rows]  # type: ignore[typeddict-item]
        return {"profiles": found}

    async def set_profile(self, ask: Ask) -> Changed:
        form = ask.form(ProfileForm)
        values = {"skills": form.skills, "groups": form.groups}
        return await self._edits.make(ask, Edit("profile", ask.key("id"), values, form.version))

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                method="GET", path="/api/profiles", resource=self.profiles, rule=Right.setup_read,
                summary="Who has which skills, at which level, and is in which groups", answer=Profiles,
            ),
            Route(
                method="PUT", path="/api/profiles/{id}", resource=self.set_profile, rule=Right.setup_write,
                summary="What a person can do, and in which groups they are", body=ProfileForm, answer=Changed,
                errors={**CONFLICT, 422: CHECKED},
            ),
        )  # fmt: skip
