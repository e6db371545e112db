"""The kit as text: what the platform needs inside Asterisk, rendered from settings. Pure but for
reading its templates; writing the files is `installer`'s part."""

import ipaddress
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jinja2

from cti.facts import PHONE_LOST

MAX_PHONES = 999
SAFE_PATH = re.compile(r"[A-Za-z0-9_./+-]+")
SAFE_WORD = re.compile(r"[A-Za-z0-9_.,:/-]+")
RING_TONE = "425/1500,0/3000"
"""By its frequency: the name `ring` is silence on a switch without countries in its indications.conf."""
SAYABLE = r"0-9a-zA-Z/:&_\-"
"""What the kit lets through of a wish to say something: FILTER's set for orders.SayToCaller."""
PHONES_FILE = "phones.json"
AMI_FILE = "ami.json"
CONF_FILES = ("cti_extensions.conf", "cti_pjsip.conf", "cti_queues.conf", "cti_musiconhold.conf", "cti_manager.conf")
SECRET_FILES = frozenset({"cti_pjsip.conf", "cti_manager.conf", PHONES_FILE, AMI_FILE})
PRIVATE_FILES = frozenset({PHONES_FILE, AMI_FILE})


@dataclass(frozen=True, slots=True)
class Phone:
    """One endpoint of the pool; `webrtc=False` makes it an ordinary SIP phone over the switch's own UDP transport."""

    endpoint: str
    secret: str
    webrtc: bool = True


@dataclass(frozen=True, slots=True)
class KitSettings:
    """Everything the kit's files depend on. Raises ValueError for a value that could break out of its line."""

    phones: tuple[Phone, ...]
    manager_secret: str
    manager_user: str = "trunkline"
    manager_permit: tuple[str, ...] = ("127.0.0.1/255.255.255.255",)
    ami_host: str = "127.0.0.1"
    ami_port: int = 5038
    rec_dir: str = "/var/spool/asterisk/monitor/trunkline"
    record: str = "all"
    moh_class: str = "cti"
    moh_dir: str = "moh"
    codecs: str = "ulaw,alaw"
    rtp_timeout: int = 10
    ws_transport: bool = True
    ws_path: str = "/ws"
    media_address: str = ""
    stale_slices: int = 3
    after_seconds: int = 5

    def __post_init__(self) -> None:
        if not 1 <= len(self.phones) <= MAX_PHONES:
            raise ValueError(f"the pool has 1 to {MAX_PHONES} phones, not {len(self.phones)}")
        if self.record not in ("all", "never"):
            raise ValueError(f"record is 'all' or 'never', not {self.record!r}")
        if not self.rec_dir.startswith("/"):
            raise ValueError("rec_dir is an absolute path")
        if self.media_address:
            _checked(ipaddress.ip_address, self.media_address, "media_address is an IP address of the switch")
        for network in self.manager_permit:
            _checked(ipaddress.ip_network, network, "manager_permit names addresses or networks such as 10.0.0.0/24")
        paths = (self.rec_dir, self.moh_dir)
        words = (self.manager_user, self.manager_secret, self.moh_class, self.codecs, *self.manager_permit)
        phones = tuple(text for phone in self.phones for text in (phone.endpoint, phone.secret))
        for pattern, values in ((SAFE_PATH, paths), (SAFE_WORD, (*words, *phones, self.ami_host))):
            for value in values:
                if not pattern.fullmatch(value):
                    raise ValueError(f"a setting of the kit holds characters that {pattern.pattern} does not allow")


def _checked(read: Callable[..., object], value: str, words: str) -> None:
    try:
        read(value)
    except ValueError:
        raise ValueError(f"{words}, not {value!r}") from None


def endpoint_name(number: int) -> str:
    """The pool's n-th phone, from 1."""
    return f"cti-phone-{number:02d}"


def render(settings: KitSettings) -> dict[str, str]:
    """The text of each of our files by its name."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    templates = jinja2.Environment(  # noqa: S701 - configuration files, not HTML; values are checked by KitSettings
        loader=loader,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    values = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
    values |= {"phone_lost": sorted(PHONE_LOST), "ring": RING_TONE, "sayable": SAYABLE}
    files = {name: templates.get_template(name).render(values) for name in CONF_FILES}
    files[PHONES_FILE] = _phones_json(settings)
    files[AMI_FILE] = _ami_json(settings)
    return files


def _phones_json(settings: KitSettings) -> str:
    phones = [{"endpoint": phone.endpoint, "secret": phone.secret} for phone in settings.phones]
    return json.dumps({"ws_path": settings.ws_path, "phones": phones}, indent=1) + "\n"


def _ami_json(settings: KitSettings) -> str:
    ami = {"host": settings.ami_host, "port": settings.ami_port, "user": settings.manager_user}
    return json.dumps({**ami, "secret": settings.manager_secret}, indent=1) + "\n"
