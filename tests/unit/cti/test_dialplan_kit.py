"""The kit's text: what the contract promises, and what must never be in it."""

import json
import re

import pytest

from cti.dialplan.kit import CONF_FILES, KitSettings, Phone, endpoint_name, render
from cti.facts import PHONE_LOST

pytestmark = pytest.mark.unit

SECRET = "manager-secret"
PHONES = (Phone("cti-phone-01", "first-secret"), Phone("cti-phone-02", "second-secret", webrtc=False))
CONTEXTS = ("in", "hold", "held", "after", "pickup", "idle", "fallback", "dial", "dialled", "conf", "phones", "gone")
CONTEXTS += ("taken", "say")


@pytest.fixture
def files() -> dict[str, str]:
    return render(KitSettings(PHONES, SECRET, rec_dir="/srv/rec"))


def section(text: str, name: str) -> str:
    """The lines of one section of a configuration file."""
    match = re.search(rf"^\[{name}\][^\n]*\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, name
    return match.group(1)


def test_every_context_of_the_contract_is_there(files: dict[str, str]) -> None:
    found = re.findall(r"^\[(.+?)\]", files["cti_extensions.conf"], re.MULTILINE)

    assert sorted(found) == sorted(f"cti-{name}" for name in CONTEXTS)


def test_no_pattern_matches_the_extension_of_a_failed_originate(files: dict[str, str]) -> None:
    patterns = re.findall(r"^exten => (_[^,]+),", files["cti_extensions.conf"], re.MULTILINE)

    assert set(patterns) == {"_X.", "_X", "_+X."}


def test_every_goto_leads_to_a_place_that_exists(files: dict[str, str]) -> None:
    text = files["cti_extensions.conf"]
    for context, exten in re.findall(r"(cti-\w+)[,^](\w+)[,^]1", text):
        assert re.search(rf"^exten => {exten},1", section(text, context), re.MULTILINE), (context, exten)
    for name in CONTEXTS:
        body = section(text, f"cti-{name}")
        for label in re.findall(r"[?:](\w+)\)$", body, re.MULTILINE):
            assert f"n({label})" in body, (name, label)


def test_no_line_of_a_template_is_left_unfilled(files: dict[str, str]) -> None:
    for name, text in files.items():
        assert "{{" not in text, name
        assert "{%" not in text, name


def test_wherever_bridge_may_take_a_waiting_leg_from_the_shell_it_leaves_waits_until_it_is_listed(
    files: dict[str, str],
) -> None:
    """In cti-pickup and cti-dialled a leg takes, and is not taken; of cti-fallback the claim is void."""
    text = files["cti_extensions.conf"]
    lasting = re.compile(r"\b(Wait|Playback)\(")
    waits = {name for name in CONTEXTS if lasting.search(section(text, f"cti-{name}"))} - {"pickup", "phones"}

    assert waits == {"hold", "held", "after", "idle", "dial", "say"}
    assert {name for name in CONTEXTS if "include => cti-taken" in section(text, f"cti-{name}")} == waits
    first, *others = section(text, "cti-taken").splitlines()
    assert first == 'exten => h,1,GotoIf($["${CHANNEL:0:10}" != "Surrogate/"]?end)', "who hangs up waits for nothing"
    assert any("CHANNEL_EXISTS(${CHANNEL})" in line and "${EPOCH} > ${CTI_UNTIL}" in line for line in others)


def test_a_caller_in_the_fallback_queue_carries_no_claim_of_the_platform(files: dict[str, str]) -> None:
    """Else a phone that a dead platform left ringing takes the caller from whoever answered in the queue."""
    first, *_ = section(files["cti_extensions.conf"], "cti-fallback").splitlines()

    assert first.startswith("exten => s,1,Set(CTI_CLAIM=)")


def test_a_customer_whose_agents_phone_was_lost_while_the_platform_is_dead_is_not_hung_up(
    files: dict[str, str],
) -> None:
    """By the causes that are a lost phone for the platform too."""
    line = next(line for line in files["cti_extensions.conf"].splitlines() if "${CTI_CAUSE}" in line)

    assert set(map(int, re.findall(r'"\$\{CTI_CAUSE\}" = "(\d+)"', line))) == PHONE_LOST
    assert "?cti-fallback,s,1)" in line


def test_recordings_are_named_by_our_own_id_in_the_absolute_folder(files: dict[str, str]) -> None:
    line = next(line for line in files["cti_extensions.conf"].splitlines() if "MixMonitor(" in line)

    assert "MixMonitor(/srv/rec/${CTI_IX}.wav,br(/srv/rec/${CTI_IX}-rx.wav)t(/srv/rec/${CTI_IX}-tx.wav))" in line


def test_what_a_caller_dialled_is_filtered_before_it_is_said(files: dict[str, str]) -> None:
    line = next(line for line in files["cti_extensions.conf"].splitlines() if "UserEvent(CtiEnter" in line)

    assert "Did: ${FILTER(0-9+,${CTI_DID})}" in line


def test_the_platform_has_no_more_rights_than_it_needs(files: dict[str, str]) -> None:
    user = section(files["cti_manager.conf"], "trunkline")

    assert "read = system,call,user\n" in user
    assert "write = call,originate,reporting\n" in user
    assert "writetimeout = 5000\n" in user
    assert "deny = ::/0\ndeny = 0.0.0.0/0.0.0.0\npermit = 127.0.0.1/255.255.255.255\n" in user


def test_browser_phones_are_webrtc_and_plain_ones_are_not(files: dict[str, str]) -> None:
    browser, plain = re.findall(r"type=endpoint\n(.*?)\[", files["cti_pjsip.conf"], re.DOTALL)

    assert "webrtc=yes" in browser
    assert "webrtc" not in plain


def test_each_phone_replaces_its_own_registration_and_may_dial_nothing_but_the_tone_test(files: dict[str, str]) -> None:
    text = files["cti_pjsip.conf"]

    assert text.count("max_contacts=1\nremove_existing=yes") == len(PHONES)
    assert text.count("context=cti-phones") == len(PHONES)
    assert re.findall(r"^exten => ([^,]+)", section(files["cti_extensions.conf"], "cti-phones"), re.MULTILINE) == [
        "600"
    ]


def test_every_phone_is_a_static_member_of_the_fallback_queue_with_its_state(files: dict[str, str]) -> None:
    members = re.findall(r"^member => (.*)$", files["cti_queues.conf"], re.MULTILINE)

    assert members == [f"PJSIP/{phone.endpoint},0,{phone.endpoint},PJSIP/{phone.endpoint}" for phone in PHONES]


def test_the_platform_gets_the_pool_and_its_sign_in_as_json(files: dict[str, str]) -> None:
    pool, ami = json.loads(files["phones.json"]), json.loads(files["ami.json"])

    assert pool == {
        "ws_path": "/ws",
        "phones": [
            {"endpoint": "cti-phone-01", "secret": "first-secret"},
            {"endpoint": "cti-phone-02", "secret": "second-secret"},
        ],
    }
    assert ami == {"host": "127.0.0.1", "port": 5038, "user": "trunkline", "secret": SECRET}


def test_a_websocket_transport_of_the_administrator_is_not_doubled() -> None:
    assert "protocol=ws" not in render(KitSettings(PHONES, SECRET, ws_transport=False))["cti_pjsip.conf"]


def test_names_sort_as_numbers_up_to_a_hundred() -> None:
    names = [endpoint_name(number) for number in (1, 9, 10, 99)]

    assert names == sorted(names) == ["cti-phone-01", "cti-phone-09", "cti-phone-10", "cti-phone-99"]


@pytest.mark.parametrize(
    "change",
    [
        {"rec_dir": "relative/path"},
        {"rec_dir": "/a\n[evil]"},
        {"rec_dir": "/a,b)"},
        {"record": "sometimes"},
        {"moh_class": "a;b"},
        {"codecs": "ulaw\nallow=all"},
        {"manager_secret": "one two"},
        {"manager_permit": ("0.0.0.0/0\nwrite = all",)},
        {"phones": ()},
        {"phones": (Phone("x]\n[y", "s"),)},
    ],
)
def test_a_value_that_could_break_out_of_its_line_is_refused(change: dict[str, object]) -> None:
    values: dict[str, object] = {"phones": PHONES, "manager_secret": SECRET}

    with pytest.raises(ValueError):
        KitSettings(**{**values, **change})  # type: ignore[arg-type]


def test_rendering_is_the_same_each_time() -> None:
    settings = KitSettings(PHONES, SECRET)

    assert render(settings) == render(settings)
    assert set(render(settings)) == {*CONF_FILES, "phones.json", "ami.json"}
