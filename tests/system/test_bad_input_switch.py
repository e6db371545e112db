"""A switch that does not fit: a wrong secret, no dialplan kit, too few rights. The running platform and the doctor name
cause and cure, and go on by themselves once it is mended."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from config.settings import Settings
from lab.asterisk import AsteriskLab, LabSettings
from lab.caller import MUSIC_HZ, SipCaller
from server.doctor import Finding, examine
from tests.support.house import LUCIA, House, house
from tests.support.waiting import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(90)]


@pytest_asyncio.fixture
async def lab() -> AsyncIterator[AsteriskLab]:
    """An Asterisk that the test may spoil."""
    async with AsteriskLab(LabSettings(phones=2, plain_phones=2)) as made:
        yield made


async def reload(lab: AsteriskLab, file: str, old: str, new: str, command: str) -> None:
    """What an administrator does: change a file, then have it read again."""
    path = lab.home / "etc" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    await lab.rasterisk(command)


async def doctors_words(lab: AsteriskLab, folder: Path, secret: str | None = None) -> list[Finding]:
    ami = lab.ami
    settings = Settings(
        data_dir=folder,
        ami_port=ami.port,
        ami_secret=SecretStr(secret or ami.secret),
        phones_file=lab.phones,
        recordings_dir=lab.recordings_dir,
    )
    return await examine(settings, lab.home / "etc")


def errors(findings: list[Finding], part: str) -> str:
    return " ".join(f"{one.words} {one.cure}" for one in findings if one.part == part and one.level == "error")


async def health_says(home: House, ok: bool, *words: str) -> None:
    """Until /health/ready says that of the switch."""

    async def said() -> bool:
        part = await home.health("switch")
        return part["ok"] is ok and all(word in part["words"] for word in words)

    await until(said, 15, f"health of the switch: {ok} {words}, not {await home.health('switch')}")


async def test_a_wrong_secret_is_named_and_the_right_one_taken_up(lab: AsteriskLab, tmp_path: Path) -> None:
    right = lab.ami.secret
    async with house(lab, tmp_path, up=False, secret="not-the-secret") as home:
        await health_says(home, False, "refused the AMI user 'trunkline'", "check the user's secret")
        told = errors(await doctors_words(lab, tmp_path, "not-the-secret"), "switch")
        assert "refused the AMI user 'trunkline'" in told
        assert "check the user's secret" in told
        await reload(lab, "cti_manager.conf", right, "not-the-secret", "manager reload")
        await health_says(home, True, "connected")
        async with SipCaller(lab.sip, number=LUCIA, to="5551234") as call:
            await call.audio.heard_tone(MUSIC_HZ)
            await until(lambda: home.waiting() == 1, what="the caller waits")


async def test_a_switch_without_our_dialplan_is_named_and_found_again(lab: AsteriskLab, tmp_path: Path) -> None:
    include = "#include cti_extensions.conf"
    await reload(lab, "extensions.conf", include, "; gone", "dialplan reload")
    async with house(lab, tmp_path) as home, home.agent("ana") as ana:
        await health_says(home, False, "lacks our dialplan", "cti-in", "cti-fallback", "install-dialplan --write")
        told = await doctors_words(lab, tmp_path)
        assert "lacks our dialplan" in errors(told, "switch")
        assert "cti_extensions.conf" in errors(told, "dialplan")
        await reload(lab, "extensions.conf", "; gone", include, "dialplan reload")
        await health_says(home, True, "connected")
        async with SipCaller(lab.sip, number=LUCIA, to="5551234"):
            await ana.takes()
    assert errors(await doctors_words(lab, tmp_path), "switch") == ""


async def test_an_ami_user_without_the_right_to_ring_is_named(lab: AsteriskLab, tmp_path: Path) -> None:
    await reload(lab, "cti_manager.conf", "write = call,originate,", "write = call,", "manager reload")
    async with house(lab, tmp_path) as home:
        await health_says(home, False, "may not Originate", "write=originate")
        async with home.agent("ana") as ana, SipCaller(lab.sip, number=LUCIA, to="5551234") as call:
            await call.audio.heard_tone(MUSIC_HZ)
            await until(lambda: ana.row.not_before is not None, what="the offer failed")
            failed = await home.journalled("OfferEnded")
            assert (failed[0].state, failed[0].reason) == ("failed", "switch_refused")
            assert ana.row.missed == 0, "not the agent's fault"
            assert not call.is_over, "the caller is kept"
