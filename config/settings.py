"""Typed settings for start-up: environment variables TRUNKLINE_*, over a file `trunkline.toml`, over defaults.

Everything that people set up while it runs (queues, dispositions, staff...) lives in the database instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from cti.trunk import check_trunk
from kernel.access import Role

FILE = "trunkline.toml"
NOT_SETTINGS = ("TRUNKLINE_SCREENS", "TRUNKLINE_LOGIN", "TRUNKLINE_PASSWORD")
"""Variables of other tools of ours, and of commands that sign in."""
E164 = re.compile(r"\+[1-9][0-9]{5,14}")
LOG_LEVELS = ("debug", "info", "warning", "error")
ORIGIN = re.compile(r"https?://[^/?#@*\s]+")
ISSUER = re.compile(r"https://[^?#@*\s]+|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^?#@*\s]*)?")
ICE = re.compile(r"(stuns?|turns?):[A-Za-z0-9.\-\[\]:]+(\?transport=(udp|tcp))?")


def _listed(value: Any) -> Any:
    """A list in the environment: separated by commas, or JSON."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith("["):
        return [one.strip() for one in value.split(",") if one.strip()]
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("write the list with commas between its entries") from None


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)]


Roles = Annotated[tuple[Role, ...], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """One install. `trunkline check-config` prints them with their sources of error in words."""

    model_config = SettingsConfigDict(env_prefix="TRUNKLINE_", toml_file=FILE, extra="forbid")

    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8080, ge=0, le=65535, description="Port of the web server; 0 takes a free one.")
    origins: Words = Field(
        (), description="Addresses people open in the browser; empty: http://localhost:PORT and http://127.0.0.1:PORT."
    )
    tls: bool = Field(False, description="Whether browsers reach us by https (through a reverse proxy).")
    trusted_proxies: Networks = Field(
        (),
        description="Addresses or networks of reverse proxies whose X-Forwarded-For is believed; nobody else's is.",
    )
    data_dir: Path = Field(Path("var"), description="Folder for the embedded database and the lab's files.")
    database: str = Field("", description="SQLAlchemy address of the database; empty: SQLite in data_dir.")
    pbx: Literal["auto", "asterisk", "lab", "sim"] = Field(
        "auto",
        description="The switch: `asterisk` is the one at ami_host; `lab` provisions one; `sim` simulates one; "
        "`auto` takes the first that can be had.",
    )
    ami_host: str = Field("127.0.0.1", description="Where the switch's AMI listens.")
    ami_port: int = Field(5038, ge=1, le=65535, description="Port of the AMI.")
    ami_user: str = Field("trunkline", description="AMI user that `trunkline install-dialplan` wrote.")
    ami_secret: SecretStr = Field(SecretStr(""), description="Its secret; set with `pbx=auto`, it means `asterisk`.")
    ami_tls: bool = Field(False, description="TLS to the AMI; needed when it is not on this machine.")
    ami_tls_ca: str = Field(
        "", description="File with the authority that signed the AMI's certificate; empty: those the system trusts."
    )
    ami_clear_text: bool = Field(
        False,
        description="Allows an AMI without TLS on another machine, for a way that nobody else can listen to (a VPN): "
        "its secret travels in the clear. Otherwise such a start is refused.",
    )
    phones_file: Path = Field(
        Path("/etc/asterisk/phones.json"), description="The pool of phones that `trunkline install-dialplan` wrote."
    )
    ws_base: str = Field(
        "ws://{host}:8088",
        description="The switch's HTTP server as browsers reach it; `{host}` is the host that they opened.",
    )
    ice_servers: Words = Field(
        (),
        description="STUN and TURN servers for browser phones behind NAT, such as `stun:stun.example.org:3478`.",
    )
    turn_user: str = Field("", description="User name at the TURN servers of ice_servers.")
    turn_secret: SecretStr = Field(
        SecretStr(""),
        validate_default=True,
        description="Its password; every browser with a phone gets to know it, so let it open TURN only.",
    )
    recordings_dir: Path = Field(
        Path("/var/spool/asterisk/monitor/trunkline"),
        description="Folder where the switch puts recordings, as we see it.",
    )
    default_region: str = Field("ES", description="Country (ISO code) of numbers without a country code.")
    trunk: str = Field(
        "",
        description="How the switch dials a public number, such as `PJSIP/{number}@my-trunk`; `{digits}` leaves the "
        "plus out. Empty: nobody can call out (the lab's own switch has a trunk).",
    )
    caller_number: str = Field("", description="The number that people see whom we call, with its country code.")
    dial_seconds: int = Field(60, ge=5, le=300, description="How long a number that we call may ring.")
    dials_a_day: int = Field(20, ge=1, description="How often one number may be called within 24 hours.")
    secret_key_file: Path | None = Field(
        None,
        description="File with the key that seals second steps; empty: secret.key in data_dir, made at first start. "
        "Keep a copy: without it second steps have to be reset.",
    )
    session_hours: float = Field(14, gt=0, le=24 * 31, description="A sign-in ends after this many hours in any case.")
    session_idle_minutes: float = Field(
        120, ge=1, le=60 * 24 * 31, description="A sign-in ends when nothing was done with it for this many minutes."
    )
    totp_roles: Roles = Field(
        (), description="Roles that must have a second step (an authenticator app), such as `admin,supervisor`."
    )
    password_sign_in: bool = Field(
        True, description="Whether everybody may sign in by password; if not, only those of break_glass."
    )
    break_glass: Words = Field(
        (), description="Logins that may sign in by password even when password_sign_in is off, for emergencies."
    )
    oidc_issuer: str = Field(
        "", description="Address of an OpenID Connect provider to sign in with; empty: none. https, but on loopback."
    )
    oidc_client_id: str = Field("", description="Our client id at that provider.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Our secret there; empty for a public client.")
    oidc_name: str = Field(
        "", validate_default=True, description="What the button on the sign-in page calls the provider."
    )
    oidc_new_role: Role | None = Field(
        None, description="Role of people whom the provider knows and we do not: their account is made; empty: refused."
    )
    desk_grace_seconds: int = Field(
        120,
        ge=5,
        le=86_400,
        description="Seconds after which an agent without an open desk and without a phone is signed out of the queue.",
    )
    read_seconds: float = Field(
        2.5,
        ge=0.5,
        le=8,
        description="Seconds after which a page that waits for a database that stands still is told to try again.",
    )
    demo: bool = Field(False, description="Demo mode: demo customers and demo accounts are made at first start.")
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="Who sends it as `Authorization: Bearer` may read /metrics from anywhere; empty: nobody may.",
    )
    log_level: str = Field("info", description="debug, info, warning or error.")
    log_format: Literal["console", "json"] = Field("console", description="Logs for people or for machines.")

    testing: bool = Field(False, description="Only for tests of the platform itself: allows fault_point.")
    fault_point: str = Field(
        "",
        validate_default=True,
        description="Where a test kills the platform: POINT[:ABOUT][:COUNT], see docs/testing.md; refused unless "
        "testing is set.",
    )

    @field_validator("fault_point")
    @classmethod
    def _fault_point(cls, value: str, about: ValidationInfo) -> str:
        if value and not about.data.get("testing"):
            raise ValueError("it would kill the platform on purpose: only with TRUNKLINE_TESTING=true, in a test")
        return value

    @field_validator("default_region")
    @classmethod
    def _region(cls, value: str) -> str:
        if len(value) != 2 or not value.isalpha():
            raise ValueError("an ISO country code of two letters, such as ES")
        return value.upper()

    @field_validator("trunk")
    @classmethod
    def _trunk(cls, value: str) -> str:
        return check_trunk(value) if value else value

    @field_validator("caller_number")
    @classmethod
    def _caller_number(cls, value: str) -> str:
        if value and not E164.fullmatch(value):
            raise ValueError("a number with its country code, such as +34910000000")
        return value

    @field_validator("origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(one.rstrip("/") for one in value)
        if not all(ORIGIN.fullmatch(one) for one in found):
            raise ValueError("each is what stands in the address bar, without a path: https://desk.example.org")
        return found

    @field_validator("ice_servers")
    @classmethod
    def _ice(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(ICE.fullmatch(one) for one in value):
            raise ValueError("each is such as stun:stun.example.org:3478 or turn:turn.example.org:3478?transport=tcp")
        return value

    @field_validator("ami_tls_ca")
    @classmethod
    def _there(cls, value: str) -> str:
        if value and not Path(value).is_file():
            raise ValueError(f"there is no file {value}")
        return value

    @field_validator("turn_secret")
    @classmethod
    def _turn(cls, value: SecretStr, about: ValidationInfo) -> SecretStr:
        needed = any(one.startswith("turn") for one in about.data.get("ice_servers", ()))
        if needed and not (about.data.get("turn_user") and value.get_secret_value()):
            raise ValueError("a TURN server wants TRUNKLINE_TURN_USER and TRUNKLINE_TURN_SECRET too")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        if value and not ISSUER.fullmatch(value):
            raise ValueError("an address such as https://login.example.org (http only on this machine)")
        return value.rstrip("/")

    @field_validator("oidc_name", mode="after")
    @classmethod
    def _client(cls, value: str, about: ValidationInfo) -> str:
        if about.data.get("oidc_issuer") and not about.data.get("oidc_client_id"):
            raise ValueError("a provider wants TRUNKLINE_OIDC_CLIENT_ID too")
        return value

    @field_validator("database")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError(
                "an address such as postgresql+asyncpg://user:password@host/name or sqlite+aiosqlite:////folder/file.db"
            )
        return value

    @field_validator("metrics_token")
    @classmethod
    def _long(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 16:
            raise ValueError("at least 16 characters, such as `openssl rand -hex 16` gives")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.lower() not in LOG_LEVELS:
            raise ValueError(f"one of {', '.join(LOG_LEVELS)}")
        return value.lower()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        try:
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise SettingsError(f"{FILE} cannot be read: {why}") from error

    @property
    def database_url(self) -> str:
        """The database to use."""
        return self.database or f"sqlite+aiosqlite:///{(self.data_dir / 'trunkline.db').absolute()}"

    def origins_for(self, port: int) -> frozenset[str]:
        """Addresses whose pages may talk to us when the server listens on `port`."""
        if self.origins:
            return frozenset(self.origins)
        hosts = {"localhost", "127.0.0.1", self.host} - {"0.0.0.0", "::"}  # noqa: S104  names to open, none to bind
        return frozenset(f"{'https' if self.tls else 'http'}://{host}:{port}" for host in hosts)


def misspelt(environment: Iterable[str]) -> dict[str, str | None]:
    """Variables that look like settings and are none, each with the setting that was probably meant."""
    known = [f"TRUNKLINE_{name.upper()}" for name in Settings.model_fields]
    found: dict[str, str | None] = {}
    for name in sorted(environment):
        if name.startswith("TRUNKLINE_") and name not in (*known, *NOT_SETTINGS):
            meant = meant_by(name.removeprefix("TRUNKLINE_"))
            found[name] = meant and f"TRUNKLINE_{meant.upper()}"
    return found


def meant_by(name: str) -> str | None:
    """The setting that was probably meant by a name that is none."""
    return next(iter(get_close_matches(name.lower(), Settings.model_fields, 1)), None)
