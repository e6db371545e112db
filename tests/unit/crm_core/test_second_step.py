"""Codes of the second step, recovery codes, the order of steps, and what tells one machine from another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.csvout import csv_line, safe_cell
from crm_core.people.devices import machine_of
from crm_core.people.rows import SignInPolicy, Staff, Stage
from crm_core.people.second.codes import (
    STEP,
    enrolment_uri,
    fitting_step,
    is_recovery_code,
    normal_recovery_code,
    recovery_code,
    recovery_hashes,
    secret_of,
)
from crm_core.people.stages import next_stage
from crm_core.people.vault import Vault
from kernel.access import Role

pytestmark = pytest.mark.unit

SECRET = secret_of(b"12345678901234567890")
"""The secret of RFC 6238's own examples."""
NOW = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_examples_of_the_rfc_fit(seconds: int, code: str) -> None:
    assert fitting_step(SECRET, code, datetime.fromtimestamp(seconds, UTC), None) == seconds // STEP


def code_at(moment: datetime) -> str:
    return pyotp.TOTP(SECRET).at(moment)


@pytest.mark.parametrize(("late", "fits"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_phone_may_be_half_a_minute_off_and_no_more(late: int, fits: bool) -> None:
    assert (fitting_step(SECRET, code_at(NOW + timedelta(seconds=late)), NOW, None) is not None) is fits


def test_a_code_is_good_once_and_none_before_it_is_good_after_it() -> None:
    step = fitting_step(SECRET, code_at(NOW), NOW, None)

    assert step is not None
    assert fitting_step(SECRET, code_at(NOW), NOW, step) is None
    assert fitting_step(SECRET, code_at(NOW - timedelta(seconds=30)), NOW, step) is None
    assert fitting_step(SECRET, code_at(NOW + timedelta(seconds=30)), NOW, step) == step + 1


@given(st.text(max_size=12))
def test_any_text_fits_or_not_but_never_fails(text: str) -> None:
    found = fitting_step(SECRET, text, NOW, None)

    assert found is None or text.strip().replace(" ", "").isdigit()


def test_a_code_may_be_typed_in_groups() -> None:
    code = code_at(NOW)

    assert fitting_step(SECRET, f" {code[:3]} {code[3:]} ", NOW, None) is not None


def test_the_picture_names_us_and_the_login() -> None:
    uri = enrolment_uri(SECRET, "ana@example.org", "Trunkline")

    assert uri.startswith("otpauth://totp/Trunkline:ana%40example.org?secret=")
    assert "issuer=Trunkline" in uri


def test_a_recovery_code_is_the_same_however_it_is_typed() -> None:
    code = recovery_code(bytes(range(10)))

    assert is_recovery_code(code)
    assert not is_recovery_code("123 456")
    assert len(code) == 19
    assert normal_recovery_code(f" {code.lower().replace('-', ' ')} ") == normal_recovery_code(code)
    assert recovery_hashes(b"k", "usr-1", [code]) != recovery_hashes(b"k", "usr-2", [code]), "bound to the person"
    assert recovery_hashes(b"k", "usr-1", [code]) != recovery_hashes(b"j", "usr-1", [code]), "and to the install"


def test_what_is_sealed_opens_for_its_owner_under_its_key_only() -> None:
    vault = Vault(b"k" * 32)
    sealed = vault.seal("usr-1", SECRET)

    assert SECRET not in sealed
    assert vault.open("usr-1", sealed) == SECRET
    assert vault.open("usr-2", sealed) is None
    assert Vault(b"j" * 32).open("usr-1", sealed) is None
    assert vault.open("usr-1", "no sealed text") is None


def person(*roles: Role, totp: bool = False, must_change: bool = False) -> Staff:
    at = NOW if totp else None
    return Staff("usr-1", "ana", "Ana", roles, "en", None, True, NOW, must_change=must_change, totp_at=at)


@pytest.mark.parametrize(
    ("who", "after", "stage"),
    [
        (person(Role.agent), None, Stage.open),
        (person(Role.agent, totp=True), None, Stage.code),
        (person(Role.agent, totp=True), Stage.code, Stage.open),
        (person(Role.agent, totp=True, must_change=True), None, Stage.code),
        (person(Role.agent, totp=True, must_change=True), Stage.code, Stage.password),
        (person(Role.agent, must_change=True), None, Stage.password),
        (person(Role.admin), None, Stage.enrol),
        (person(Role.admin, totp=True), None, Stage.code),
        (person(Role.admin, must_change=True), Stage.password, Stage.enrol),
        (person(Role.agent, Role.admin), None, Stage.enrol),
    ],
)
def test_the_steps_of_a_sign_in(who: Staff, after: Stage | None, stage: Stage) -> None:
    assert next_stage(who, SignInPolicy(totp_roles=frozenset({Role.admin})), after) is stage


CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (CHROME, CHROME.replace("131", "140"), True),
        (CHROME, CHROME.replace("Windows NT 10.0; Win64; x64", "X11; Linux x86_64"), False),
        (CHROME, CHROME + " Edg/131.0", False),
        (CHROME, "curl/8.5", False),
        ("curl/8.5", "curl/8.6", True),
        ("", "", True),
    ],
)
def test_a_browser_that_updates_itself_is_the_same_machine(one: str, other: str, same: bool) -> None:
    assert (machine_of(one) == machine_of(other)) is same


@pytest.mark.parametrize("cell", ["=1+1", "+34600111222", "-2", "@SUM(A1)", "\t=1", "\r=1", " =cmd|' /C calc'!A0"])
def test_no_cell_is_ever_a_formula(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


def test_a_line_holds_whatever_a_cell_does() -> None:
    assert csv_line(["a", None, 'say "hi"', "x,y\nz", 7]) == '"a","","say ""hi""","x,y\nz","7"\r\n'
