"""Which passwords are accepted, and what comes of hashing them."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from hypothesis import given
from hypothesis import strategies as st

from crm_core.people.passwords import Hasher, check_password, nobodys
from kernel.errors import Invalid

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "mañana llueve", "xK4!vv9q-t", "密码非常好记的一句话啊", "a dragon ate my homework"],
)
def test_good_passwords_are_accepted(password: str) -> None:
    check_password(password, "ana", "Ana López")


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("tiny", "short"),
        ("x" * 257, "long"),
        ("Password12", "common"),
        ("basketball", "common"),
        ("chocolate!1", "common"),
        ("P@ssw0rd!!", "common"),
        ("Welcome2025", "common"),
        ("trunkline1", "common"),
        ("qwerty123!", "common"),
        ("0123456789", "pattern"),
        ("aaaaaaaaab", "pattern"),
        ("abcdefghijk", "pattern"),
        ("zxcvbnm,poiuytrewq", "pattern"),
        ("asdfghjklpoiuy", "pattern"),
        ("ana.lopez1", "name"),
        ("lopez2025!", "name"),
        ("ana.lopez@example.com", "name"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password: str, word: str) -> None:
    with pytest.raises(Invalid, match=word) as refused:
        check_password(password, "ana.lopez@example.com", "Ana Lopez")
    assert refused.value.id == "password_weak"
    assert password not in refused.value.message


@given(st.text(max_size=300))
def test_any_text_is_accepted_or_refused_but_never_fails(password: str) -> None:
    refusal = None
    try:
        check_password(password, password[:10])
    except Invalid as refused:
        refusal = refused.id
    assert refusal in (None, "password_weak")
    assert refusal is not None or len(password) >= 4


@pytest.fixture
def quick() -> Hasher:
    return Hasher(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def test_a_password_fits_its_hash_only(quick: Hasher) -> None:
    hashed = await quick.hash("mañana")

    assert hashed.startswith("$argon2id$")
    assert await quick.verify(hashed, "mañana")
    assert await quick.verify(hashed, "man\u0303ana"), "however the keyboard composes letters"
    assert not await quick.verify(hashed, "manana")
    assert not await quick.verify("no hash at all", "mañana")
    quick.close()


async def test_nobody_has_no_password(quick: Hasher) -> None:
    assert not await quick.verify(None, "")
    quick.close()


def test_to_compare_with_nobodys_password_costs_what_it_costs_with_a_real_one() -> None:
    argon = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    mine, nobody = argon.hash("mañana"), nobodys(argon)

    assert extract_parameters(nobody) == extract_parameters(mine)
    assert len(nobody) == len(mine)
    assert nobody != nobodys(argon)
    with pytest.raises(VerifyMismatchError):
        argon.verify(nobody, "mañana")


def test_the_default_parameters_are_those_of_owasp_or_stronger() -> None:
    hasher = Hasher()
    assert not hasher.outdated("$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43)
    assert hasher.outdated("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43)
    hasher.close()
