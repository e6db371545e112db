"""The settings on their way to the switch and to browser phones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from agent_desktop.phonebook import IceServer
from config.settings import Settings
from kernel.errors import Invalid
from server.pbx import check_way, configured, open_pbx
from server.phones import FilePhoneBook

pytestmark = pytest.mark.unit


def test_given_an_authority_of_ones_own_then_the_link_uses_it(tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_text("")

    ami = configured(Settings(ami_tls=True, ami_tls_ca=str(authority)), "").ami

    assert (ami.tls, ami.tls_ca) == (True, str(authority))


async def test_given_stun_and_turn_then_each_phone_gets_them_and_only_turn_its_secret(tmp_path: Path) -> None:
    phones = tmp_path / "phones.json"
    phones.write_text(json.dumps({"phones": [{"endpoint": "cti-phone-01", "secret": "long-enough"}]}))
    urls = ("stun:stun.example.org:3478", "turn:turn.example.org:3478?transport=tcp")
    settings = Settings(ice_servers=urls, turn_user="desk", turn_secret=SecretStr("hidden"), phones_file=phones)

    pbx = configured(settings, "")
    phone = await FilePhoneBook(pbx.phones_file, pbx.ws_base, ice_servers=pbx.ice_servers).phone("cti-phone-01", "x")

    assert phone.ice_servers == (IceServer(urls[0]), IceServer(urls[1], "desk", "hidden"))
    assert "hidden" not in repr(phone) + repr(pbx)


def across(**more: Any) -> Settings:
    """A switch on another machine."""
    return Settings(ami_host="pbx.example.org", ami_secret=SecretStr("hidden"), **more)


@pytest.mark.parametrize("pbx", ["asterisk", "auto"])
async def test_given_an_ami_across_a_network_without_tls_then_the_start_is_refused_with_cause_and_cure(
    pbx: str,
) -> None:
    with pytest.raises(Invalid) as refusal:
        async with open_pbx(across(pbx=pbx), print):
            raise AssertionError("it was opened")
    with pytest.raises(Invalid) as early:
        check_way(across(pbx=pbx))

    assert refusal.value.id == early.value.id == "ami_clear_text"
    for words in ("pbx.example.org:5038", "without TLS", "TRUNKLINE_AMI_TLS=true", "TRUNKLINE_AMI_CLEAR_TEXT=true"):
        assert words in refusal.value.message
    assert "hidden" not in refusal.value.message


@pytest.mark.parametrize(
    ("settings", "warned"),
    [
        (across(ami_clear_text=True), True),
        (across(ami_tls=True), False),
        (Settings(pbx="asterisk"), False),
    ],
)
async def test_given_tls_or_this_machine_or_a_setting_that_allows_it_then_it_is_opened(
    settings: Settings, warned: bool
) -> None:
    said: list[str] = []

    check_way(settings)
    async with open_pbx(settings, said.append):
        pass

    assert any("without TLS" in words for words in said) is warned


def test_given_a_switch_of_our_own_then_the_address_of_another_does_not_matter() -> None:
    with pytest.raises(Invalid):
        check_way(across(pbx="asterisk"))
    for ours in ("sim", "lab"):
        check_way(across(pbx=ours))
