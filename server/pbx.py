"""The switch to use: the one we are pointed at, a lab of our own, or the simulated one; says which, and why."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from agent_desktop.phonebook import IceServer
from config.settings import Settings
from cti.ami.settings import AmiSettings
from kernel.errors import Invalid

Say = Callable[[str], None]
TLS_CURE = (
    "set `tlsenable` in the switch's manager.conf, then TRUNKLINE_AMI_TLS=true and the TLS port in TRUNKLINE_AMI_PORT"
)
CLEAR_TEXT_CURE = "set TRUNKLINE_AMI_CLEAR_TEXT=true where nobody else can listen on the way (a VPN)"


@dataclass(frozen=True, slots=True)
class WayOut:
    """How public numbers are called: the trunk's dial string (empty: not at all), the number shown, how long one may
    ring, and how often one number may be called in 24 hours."""

    dial: str = ""
    caller_number: str = ""
    ring_seconds: int = 60
    most_a_day: int = 20


@dataclass(frozen=True, slots=True)
class Pbx:
    """How to reach the chosen switch. `why` is a sentence for the person who started us."""

    kind: str
    why: str
    ami: AmiSettings
    phones_file: Path
    ws_base: str
    recordings_dir: Path
    ice_servers: tuple[IceServer, ...] = ()
    out: WayOut = WayOut()


def configured(settings: Settings, why: str) -> Pbx:
    """The Asterisk that the settings name."""
    ami = AmiSettings(
        host=settings.ami_host,
        port=settings.ami_port,
        username=settings.ami_user,
        secret=settings.ami_secret.get_secret_value(),
        tls=settings.ami_tls,
        tls_ca=settings.ami_tls_ca,
    )
    ice = tuple(_ice(url, settings) for url in settings.ice_servers)
    out = way_out(settings)
    return Pbx("asterisk", why, ami, settings.phones_file, settings.ws_base, settings.recordings_dir, ice, out)


def way_out(settings: Settings, trunk: str = "", caller_number: str = "") -> WayOut:
    """As the settings say; `trunk` and `caller_number` are what a switch of our own has where they say nothing."""
    return WayOut(
        settings.trunk or trunk, settings.caller_number or caller_number, settings.dial_seconds, settings.dials_a_day
    )


def _ice(url: str, settings: Settings) -> IceServer:
    if not url.startswith("turn"):
        return IceServer(url)
    return IceServer(url, settings.turn_user, settings.turn_secret.get_secret_value())


@asynccontextmanager
async def open_pbx(settings: Settings, say: Say) -> AsyncIterator[Pbx]:
    """The switch for as long as the platform runs; a lab or simulator that we started ends with it."""
    kind, why = _choose(settings)
    if kind == "asterisk":
        pbx = configured(settings, why)
        say(f"Switch: {pbx.why}")
        _check(pbx.ami, settings)
        if pbx.ami.exposed:
            say(f"Warning: {pbx.ami.exposure}. TRUNKLINE_AMI_CLEAR_TEXT allows it; better is: {TLS_CURE}.")
        yield pbx
        return
    from server import labswitch  # the lab is not wanted where a real switch is

    opener = labswitch.asterisk if kind == "lab" else labswitch.simulated
    async with opener(why, say) as pbx:
        pbx = replace(pbx, out=way_out(settings, labswitch.TRUNK, labswitch.CALLER_NUMBER))
        say(f"Switch: {pbx.why}")
        yield pbx


def check_way(settings: Settings) -> None:
    """Raises Invalid (`ami_clear_text`) when the switch's secret would travel in the clear and no setting allows it."""
    if _choose(settings)[0] == "asterisk":
        _check(configured(settings, "").ami, settings)


def _check(ami: AmiSettings, settings: Settings) -> None:
    if ami.exposed and not settings.ami_clear_text:
        raise Invalid("ami_clear_text", f"Not started: {ami.exposure}. Cure: {TLS_CURE}; or {CLEAR_TEXT_CURE}.")


def _choose(settings: Settings) -> tuple[str, str]:
    where = f"{settings.ami_host}:{settings.ami_port}"
    if settings.pbx != "auto":
        words = {
            "asterisk": f"the Asterisk at {where}, as PBX=asterisk says",
            "lab": "a lab Asterisk of our own, as PBX=lab says",
            "sim": "the simulated switch, as PBX=sim says",
        }
        return settings.pbx, words[settings.pbx]
    if settings.ami_secret.get_secret_value():
        return "asterisk", f"the Asterisk at {where}, since TRUNKLINE_AMI_SECRET is set"
    from lab.root import why_not

    obstacle = why_not()
    if obstacle is None:
        return "lab", "a lab Asterisk of our own (no TRUNKLINE_AMI_SECRET is set, and this machine can run one)"
    return "sim", f"the simulated switch, without sound (no TRUNKLINE_AMI_SECRET is set, and {obstacle})"
