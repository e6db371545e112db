"""AMI over TLS: the switch's certificate is checked, and a wrong one is told with its cause."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cti.ami import AmiSettings, AmiSwitch
from cti.facts import LinkDown, Snapshot
from tests.integration.cti.conftest import Ear, quick
from tests.integration.cti.fake_ami import FakeAmi

pytestmark = pytest.mark.integration


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "switch")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "cert.pem", folder / "key.pem"


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
