"""The settings on their way to the switch and to browser phones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from agent_desktop.phonebook import IceServer
from config.settings import Settings
from server.pbx import configured, open_pbx
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


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("pbx.example.org", True)])
async def test_given_an_ami_across_a_network_without_tls_then_the_start_warns(host: str, warned: bool) -> None:
    said: list[str] = []

    async with open_pbx(Settings(pbx="asterisk", ami_host=host), said.append):
        pass

    assert any("without TLS" in words for words in said) is warned
