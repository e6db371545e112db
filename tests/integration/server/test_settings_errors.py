"""Settings that cannot be: each is named with what to do, from the environment and from trunkline.toml alike; and a
platform on a real switch loads nothing of the lab."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import Settings
from server.cli import main

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check_config(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    monkeypatch.setattr(sys, "argv", ["trunkline", "check-config"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return ended.value.code, said.out + said.err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ORIGINS": "[https://x"}, "TRUNKLINE_ORIGINS: write the list with commas between its entries"),
        ({"ORIGINS": "desk.example.org"}, "TRUNKLINE_ORIGINS: each is what stands in the address bar"),
        ({"ORIGINS": "https://*"}, "TRUNKLINE_ORIGINS: each is what stands in the address bar"),
        ({"ORIGINS": "https://x/desk"}, "TRUNKLINE_ORIGINS: each is what stands in the address bar"),
        ({"TRUSTED_PROXIES": "the proxy"}, "TRUNKLINE_TRUSTED_PROXIES: "),
        ({"TRUSTED_PROXIES": "10.0.0.1/8"}, "TRUNKLINE_TRUSTED_PROXIES: "),
        ({"ICE_SERVERS": "http://stun"}, "TRUNKLINE_ICE_SERVERS: each is such as stun:stun.example.org:3478"),
        ({"ICE_SERVERS": "turn:a.example:3478"}, "TRUNKLINE_TURN_SECRET: a TURN server wants TRUNKLINE_TURN_USER"),
        ({"AMI_TLS_CA": "/nowhere/ca.pem"}, "TRUNKLINE_AMI_TLS_CA: there is no file /nowhere/ca.pem"),
    ],
)
def test_given_a_bad_value_then_the_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: dict[str, str], words: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"TRUNKLINE_{name}", value)

    code, said = check_config(monkeypatch, capsys)

    assert code == 1
    assert words in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'origins = "https://x', "trunkline.toml cannot be read: "),
        (b"\xff", "trunkline.toml cannot be read: "),
        (b"prot = 1", "trunkline.toml: prot is no setting; did you mean port?"),
        (b"qqqqqqqq = 1", "trunkline.toml: qqqqqqqq is no setting; take it out."),
        (b"port = []", "TRUNKLINE_PORT: "),
    ],
)
def test_given_a_bad_file_then_it_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, text: bytes, words: str
) -> None:
    (tmp_path / "trunkline.toml").write_bytes(text)

    code, said = check_config(monkeypatch, capsys)

    assert code == 1
    assert words in said


@pytest.mark.parametrize(
    "value",
    ["https://a.example, http://localhost:8080/", '["https://a.example", "http://localhost:8080"]'],
)
def test_given_a_list_with_commas_or_as_json_then_the_same_list(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TRUNKLINE_ORIGINS", value)

    assert Settings().origins == ("https://a.example", "http://localhost:8080")


def test_given_a_list_in_the_file_then_it_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "trunkline.toml").write_text('origins = ["https://a.example"]\ntrusted_proxies = ["10.0.0.0/8"]\n')

    settings = Settings()

    assert settings.origins == ("https://a.example",)
    assert [str(one) for one in settings.trusted_proxies] == ["10.0.0.0/8"]


def test_given_secrets_then_check_config_shows_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRUNKLINE_DATABASE", "postgresql+asyncpg://trunk:hidden-one@localhost/line")
    monkeypatch.setenv("TRUNKLINE_AMI_SECRET", "hidden-two")
    monkeypatch.setenv("TRUNKLINE_TURN_SECRET", "hidden-three")
    monkeypatch.setenv("COLUMNS", "400")

    code, said = check_config(monkeypatch, capsys)

    assert code == 0
    assert "postgresql+asyncpg://trunk:***@localhost/line" in said
    assert "hidden" not in said


def test_given_a_real_switch_then_nothing_of_the_lab_is_loaded(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys, server.cli, server.serve\n"
        "from config.settings import Settings\n"
        "from server.pbx import open_pbx\n"
        "async def switch():\n"
        "    async with open_pbx(Settings(pbx='asterisk'), print): pass\n"
        "asyncio.run(switch())\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('lab', 'tests', 'bench')])\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stdout.splitlines()[-1] == "[]", done.stderr
