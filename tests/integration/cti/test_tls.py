"""AMI over TLS: the switch's certificate is checked, and a wrong one is told with its cause."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from cti.ami import AmiSettings, AmiSwitch
from cti.facts import LinkDown, Snapshot
from tests.integration.cti.conftest import Ear, quick
from tests.integration.cti.fake_ami import FakeAmi
from tests.support.certificates import certificate

pytestmark = pytest.mark.integration


@pytest.fixture
def cert(tmp_path: Path) -> tuple[Path, Path]:
    return certificate(tmp_path)


async def serve(cert: tuple[Path, Path]) -> FakeAmi:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*cert)
    server = FakeAmi()
    await server.start(tls=context)
    return server


async def test_given_a_certificate_that_we_trust_then_the_link_comes_up(cert: tuple[Path, Path], ear: Ear) -> None:
    server = await serve(cert)
    switch = AmiSwitch(quick(server.port, tls=True, tls_ca=str(cert[0])), ear)
    await switch.start()
    await ear.hears(Snapshot)
    await switch.stop()
    await server.stop()


async def test_given_a_certificate_that_nobody_vouches_for_then_nothing_is_said_to_that_switch(
    cert: tuple[Path, Path], ear: Ear
) -> None:
    server = await serve(cert)
    switch = AmiSwitch(quick(server.port, tls=True), ear)
    await switch.start()
    assert (await ear.hears(LinkDown)).reason == "unreachable"
    assert "certificate verify failed" in switch.status.detail
    assert server.actions == []
    await switch.stop()
    await server.stop()


@pytest.mark.parametrize(
    ("host", "tls", "exposed"),
    [
        ("127.0.0.1", False, False),
        ("localhost", False, False),
        ("::1", False, False),
        ("10.0.0.5", False, True),
        ("pbx.example.com", False, True),
        ("10.0.0.5", True, False),
    ],
)
def test_given_a_host_then_it_is_known_whether_the_secret_would_travel_in_the_clear(
    host: str, tls: bool, exposed: bool
) -> None:
    assert AmiSettings(host=host, tls=tls).exposed is exposed


def test_given_settings_then_the_secret_is_not_in_their_repr() -> None:
    assert "hidden" not in repr(AmiSettings(secret="hidden"))
