"""The installer writes only our own files; the checker names each missing line and where it goes."""

import json
import os
import stat
from pathlib import Path

import pytest

from cti.dialplan.installer import PARENTS, Finding, Severity, check, settings_for, write
from cti.dialplan.kit import CONF_FILES

pytestmark = pytest.mark.unit

PRIVATE = ("phones.json", "ami.json")


@pytest.fixture
def vanilla(tmp_path: Path) -> Path:
    """Asterisk's configuration as a package leaves it: nothing of ours, AMI and HTTP off."""
    for name in ("extensions", "pjsip", "queues", "musiconhold", "manager", "http"):
        (tmp_path / f"{name}.conf").write_text("[general]\nenabled = no\n")
    (tmp_path / "asterisk.conf").write_text(f"[directories]\nastdatadir => {tmp_path}/data\n")
    return tmp_path


@pytest.fixture
def installed(vanilla: Path) -> Path:
    """Everything in place."""
    write(vanilla, settings_for(vanilla, 3))
    for ours, (main, _custom) in PARENTS.items():
        with (vanilla / main).open("a") as file:
            file.write(f"#include {ours}\n")
    for name in ("manager.conf", "http.conf"):
        (vanilla / name).write_text((vanilla / name).read_text().replace("enabled = no", "enabled = yes"))
    (vanilla / "trunk.conf").write_text("[from-trunk]\nexten => _X.,1,Goto(cti-in,${EXTEN},1)\n")
    (vanilla / "data/moh").mkdir(parents=True)
    (vanilla / "data/moh/tune.wav").touch()
    (vanilla / "data/sounds/en").mkdir(parents=True)
    (vanilla / "data/sounds/en/queue-youarenext.gsm").touch()
    return vanilla


def problems(findings: list[Finding]) -> list[str]:
    return [f"{finding.file.name}: {finding.problem}" for finding in findings]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_complete_installation_has_no_findings(installed: Path) -> None:
    assert check(installed) == []


def test_an_untouched_asterisk_is_told_everything_that_is_missing(vanilla: Path) -> None:
    found = check(vanilla)

    assert {finding.file.name for finding in found if finding.problem == "the file is missing"} == {
        *CONF_FILES,
        *PRIVATE,
    }
    assert len([finding for finding in found if "is not included" in finding.problem]) == len(PARENTS)
    assert {finding.file.name for finding in found if "switched on" in finding.problem} == {"manager.conf", "http.conf"}
    assert all(finding.severity is Severity.error for finding in found)


@pytest.mark.parametrize("ours", sorted(PARENTS))
def test_a_missing_include_is_named_with_file_and_line(installed: Path, ours: str) -> None:
    main = installed / PARENTS[ours][0]
    main.write_text(main.read_text().replace(f"#include {ours}\n", ""))

    (finding,) = check(installed)

    assert finding.file == main
    assert f"`#include {ours}` at the end of {main}" in finding.cure


def test_on_freepbx_the_line_belongs_into_the_custom_file(vanilla: Path) -> None:
    (vanilla / "extensions_additional.conf").write_text("; generated\n")
    write(vanilla, settings_for(vanilla, 3))

    places = {finding.file.name for finding in check(vanilla) if "is not included" in finding.problem}

    assert places == {custom for _main, custom in PARENTS.values()}


def test_an_include_counts_only_when_asterisk_reaches_it(installed: Path) -> None:
    main = installed / "extensions.conf"
    main.write_text("[general]\n; #include cti_extensions.conf\n")
    (installed / "extensions_custom.conf").write_text("#include cti_extensions.conf\n")
    assert problems(check(installed)) == ["extensions.conf: cti_extensions.conf is not included"]

    main.write_text('[general]\n#include "extensions_custom.conf"\n')
    assert check(installed) == []


def test_includes_by_pattern_are_followed_and_circles_end(installed: Path) -> None:
    (installed / "manager.d").mkdir()
    (installed / "manager.conf").write_text("[general]\nenabled = yes\n#include manager.d/*.conf\n")
    (installed / "manager.d/ours.conf").write_text("#include cti_manager.conf\n#include manager.conf\n")

    assert check(installed) == []


def test_secrets_that_others_can_read_are_found(installed: Path) -> None:
    (installed / "phones.json").chmod(0o640)
    (installed / "cti_manager.conf").chmod(0o644)

    cures = {finding.file.name: finding.cure for finding in check(installed)}

    assert set(cures) == {"phones.json", "cti_manager.conf"}
    assert "chmod 600" in cures["phones.json"]
    assert "chmod 640" in cures["cti_manager.conf"]


def test_a_music_class_without_a_file_is_a_warning_that_names_the_folder(installed: Path) -> None:
    (installed / "data/moh/tune.wav").unlink()

    (finding,) = check(installed)

    assert finding.severity is Severity.warning
    assert str(installed / "data/moh") in finding.cure


def test_a_switch_without_sounds_is_a_warning_that_names_the_package(installed: Path) -> None:
    (installed / "data/sounds/en/queue-youarenext.gsm").unlink()

    (finding,) = check(installed)

    assert finding.severity is Severity.warning
    assert "asterisk-core-sounds-en" in finding.cure


def test_only_our_own_files_are_written(vanilla: Path) -> None:
    before = {path.name: path.read_bytes() for path in vanilla.iterdir()}

    written = write(vanilla, settings_for(vanilla, 3))

    assert {path.name for path in written} == {*CONF_FILES, *PRIVATE}
    assert {path.name for path in vanilla.iterdir()} == {*before, *CONF_FILES, *PRIVATE}
    assert all((vanilla / name).read_bytes() == content for name, content in before.items())


def test_files_are_never_readable_by_everyone(installed: Path) -> None:
    assert {mode(installed / name) for name in CONF_FILES} == {0o640}
    assert {mode(installed / name) for name in PRIVATE} == {0o600}


def test_known_secrets_are_kept_when_the_pool_grows(installed: Path) -> None:
    before = json.loads((installed / "phones.json").read_text())["phones"]
    manager = (installed / "cti_manager.conf").read_text()

    write(installed, settings_for(installed, 5))

    after = json.loads((installed / "phones.json").read_text())["phones"]
    assert after[:3] == before
    assert len({phone["secret"] for phone in after}) == 5
    assert (installed / "cti_manager.conf").read_text() == manager


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    settings = [settings_for(tmp_path, 2) for _ in range(2)]

    assert settings[0].manager_secret != settings[1].manager_secret
    assert len({phone.secret for each in settings for phone in each.phones}) == 4
    assert all(len(phone.secret) >= 22 for each in settings for phone in each.phones)


def test_writing_twice_changes_nothing(installed: Path) -> None:
    before = {name: (installed / name).read_text() for name in (*CONF_FILES, *PRIVATE)}

    write(installed, settings_for(installed, 3))

    assert {name: (installed / name).read_text() for name in before} == before


def test_an_administrators_websocket_transport_is_used(vanilla: Path) -> None:
    (vanilla / "pjsip.transports.conf").write_text("[0.0.0.0-ws]\ntype=transport\nprotocol = ws\n")

    assert settings_for(vanilla, 1).ws_transport is False


def test_the_platforms_files_may_live_elsewhere(vanilla: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    private = tmp_path_factory.mktemp("platform")

    write(vanilla, settings_for(vanilla, 2, private_dir=private), private_dir=private)

    assert {path.name for path in private.iterdir()} == set(PRIVATE)
    assert not (vanilla / "phones.json").exists()
    assert settings_for(vanilla, 2, private_dir=private) == settings_for(vanilla, 2, private_dir=private)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, 1)

    with pytest.raises(NotADirectoryError, match="nowhere"):
        write(tmp_path / "nowhere", settings)


def test_a_failed_write_leaves_the_old_file(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (installed / "cti_extensions.conf").read_text()

    def full(_handle: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="no space"):
        write(installed, settings_for(installed, 9))
    assert (installed / "cti_extensions.conf").read_text() == before
