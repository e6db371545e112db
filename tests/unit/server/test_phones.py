"""The file of pool phones: read, read again when it changed, and never half believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import Unavailable
from server.phones import FilePhoneBook

pytestmark = pytest.mark.unit

PHONES = [{"endpoint": "cti-phone-01", "secret": "first-secret"}, {"endpoint": "cti-phone-02", "secret": "second-one"}]


def write(path: Path, phones: list[Any], **more: Any) -> None:
    path.write_text(json.dumps({"ws_path": "/ws", "phones": phones, **more}))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "phones.json"
    write(found, PHONES)
    return found


async def test_given_a_leased_endpoint_then_its_secret_and_the_switch_on_the_browsers_host(path: Path) -> None:
    phone = await FilePhoneBook(path, "wss://{host}:8089").phone("cti-phone-02", "desk.example")

    assert (phone.secret, phone.ws_url, phone.domain) == ("second-one", "wss://desk.example:8089/ws", "desk.example")
    assert "second-one" not in repr(phone)


async def test_given_an_unknown_endpoint_then_cause_and_cure(path: Path) -> None:
    with pytest.raises(Unavailable) as unknown:
        await FilePhoneBook(path, "ws://x").phone("cti-phone-99", "x")

    assert unknown.value.id == "phone_unknown"
    assert "doctor" in unknown.value.message


def test_given_a_changed_file_then_the_new_phones(path: Path) -> None:
    book = FilePhoneBook(path, "ws://x")
    before = book.endpoints
    write(path, PHONES[:1], ws_path="/other")

    assert before == ("cti-phone-01", "cti-phone-02")
    assert book.endpoints == ("cti-phone-01",)
    assert book.ws_url("x") == "ws://x/other"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"phones": [{"endpoint": "a b", "secret": "12345678"}]}'])
def test_given_a_broken_file_then_the_last_good_one_holds(path: Path, text: str) -> None:
    book = FilePhoneBook(path, "ws://x")
    assert len(book.endpoints) == 2
    path.write_text(text)

    assert len(book.endpoints) == 2
    assert FilePhoneBook(path, "ws://x").endpoints == ()


def test_given_no_file_then_no_phones(tmp_path: Path) -> None:
    assert FilePhoneBook(tmp_path / "none.json", "ws://x").endpoints == ()
