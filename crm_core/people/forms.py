"""What may be written about a person. Pure, but for the password that is made up."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace

from crm_core.people.passwords import check_password
from crm_core.people.rows import NewStaff, Staff, StaffChange
from kernel.access import Role
from kernel.errors import Invalid, Problem, at_fields

LONGEST_LOGIN = 100
LONGEST_NAME = 200
_EMAIL = re.compile(r"[^\s@<>\"',;]{1,64}@[^\s@<>\"',;]{1,185}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def check_new(new: NewStaff) -> None:
    """Raises Invalid naming the field."""
    one_line("login", new.login, LONGEST_LOGIN)
    one_line("name", new.name, LONGEST_NAME)
    _roles(new.roles)
    _email((new.email or "").strip())
    check_password(new.password, new.login, new.name)


def changed(old: Staff, change: StaffChange) -> Staff:
    """The person as they are to be; raises Invalid naming the field."""
    email = old.email if change.email is None else change.email.strip() or None
    _email(email)
    return replace(
        old,
        name=old.name if change.name is None else one_line("name", change.name, LONGEST_NAME),
        email=email,
        roles=old.roles if change.roles is None else _roles(change.roles),
        language=change.language or old.language,
        team_id=old.team_id if change.team_id is None else change.team_id or None,
    )


def one_line(field: str, value: str, longest: int) -> str:
    """A text of one line; raises Invalid (`text_bad`)."""
    text = value.strip()
    if not text or len(text) > longest or not text.isprintable():
        message = f"Between 1 and {longest} printable characters are needed."
        raise Invalid("text_bad", message, **at_fields(**{field: Problem("text_bad", message, {"longest": longest})}))
    return text


def fit_for_login(email: str) -> bool:
    """Whether a mail address can be somebody's login."""
    return len(email) <= LONGEST_LOGIN and email.isprintable() and _EMAIL.fullmatch(email) is not None


def tidy_name(name: str | None) -> str:
    """A name that somebody else wrote, as one printable line; empty when nothing is left of it."""
    return " ".join("".join(one if one.isprintable() else " " for one in name or "").split())[:LONGEST_NAME].strip()


def generated_password() -> str:
    """A password to be handed over on paper: 80 bits in letters that are not mistaken for each other."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _roles(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    if not roles:
        message = "Choose at least one role."
        raise Invalid("roles_missing", message, **at_fields(roles=Problem("roles_missing", message)))
    return tuple(sorted(set(roles)))


def _email(email: str | None) -> None:
    if email and not (_EMAIL.fullmatch(email) and email.isprintable()):
        message = "This is no mail address: something like ana@example.org is expected."
        raise Invalid("email_bad", message, **at_fields(email=Problem("email_bad", message)))
