"""A platform on another machine than the switch: what the checker says of the AMI."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.dialplan.installer import Finding, Severity, check, settings_for, write

pytestmark = pytest.mark.unit


def of_manager(folder: Path) -> list[Finding]:
    return [one for one in check(folder) if one.file.name == "manager.conf" and "included" not in one.problem]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A switch whose AMI user may come from another machine."""
    (tmp_path / "manager.conf").write_text("[general]\nenabled = yes\n#include cti_manager.conf\n")
    write(tmp_path, settings_for(tmp_path, 1, manager_permit=("10.1.2.3",)))
    return tmp_path


def test_given_an_ami_without_tls_then_a_warning(elsewhere: Path) -> None:
    (found,) = of_manager(elsewhere)

    assert found.severity is Severity.warning
    assert "without TLS" in found.problem
    assert "`tlsenable`" in found.cure


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_given_an_ami_that_listens_to_its_own_machine_only_then_an_error(elsewhere: Path, address: str) -> None:
    main = elsewhere / "manager.conf"
    main.write_text(f"[general]\nenabled = yes\ntlsenable = yes\nbindaddr = {address}\n#include cti_manager.conf\n")

    (found,) = of_manager(elsewhere)

    assert (found.severity, found.problem) == (Severity.error, f"the AMI listens on {address} only")


def test_given_tls_on_an_address_that_can_be_reached_then_nothing(elsewhere: Path) -> None:
    main = elsewhere / "manager.conf"
    main.write_text("[general]\nenabled = yes\ntlsenable = yes\nbindaddr = 10.1.2.9\n#include cti_manager.conf\n")

    assert of_manager(elsewhere) == []


def test_given_a_platform_on_this_machine_then_the_loopback_is_right(elsewhere: Path) -> None:
    (elsewhere / "manager.conf").write_text("[general]\nenabled=yes\nbindaddr=127.0.0.1\n#include cti_manager.conf\n")
    write(elsewhere, settings_for(elsewhere, 1, manager_permit=("127.0.0.0/8", "::1")))

    assert of_manager(elsewhere) == []
