"""Telephone numbers as they arrive from trunks, imports and fingers, read into one form. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import unquote

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult, timezone

MAX_RAW = 250
"""Longer input is not a telephone number whatever it holds."""

_WITHHELD_WORDS = """
anonymous anonymus anonym anónimo unknown restricted private privado withheld unavailable hidden blocked oculto
nonpublic null none nil -1 -2 s p
"""
WITHHELD = frozenset(_WITHHELD_WORDS.split())
_NO_ZONE = "Etc/Unknown"
_E164 = re.compile(r"\+[0-9]{3,15}")
_SHORT = re.compile(r"[0-9*#]{1,6}")
_ALLOWED = re.compile(r"[+0-9 ().\-/_]*")
_EXTENSION = re.compile(
    r"(?P<main>.*?)\s*(?:[;,]?\s*(?:extension|extn|ext|x|anexo|interno|int|доб|分机|转)\s*[.:=]?\s*|\s#\s*|,+\s*)"
    r"(?P<extension>[0-9]{1,11})#?",
    re.IGNORECASE,
)
_HASH_EXTENSION = re.compile(r"(?P<main>[+0-9 ().\-/]{7,})#(?P<extension>[0-9]{1,11})")
_SIP = re.compile(r"(?:sips?|tel|callto):", re.IGNORECASE)
_CONTEXT = re.compile(r";phone-context=(\+[0-9]{1,7})(?:;|$)", re.IGNORECASE)
# Trunks still send forms that national plans have dropped; each is one subscriber under two spellings.
_MEXICO_MOBILE = re.compile(r"\+521([0-9]{10})")
_ARGENTINA = re.compile(r"\+54(9?)([0-9]{10})")


class NumberKind(StrEnum):
    E164 = "e164"
    SHORT = "short"
    WITHHELD = "withheld"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as read. `e164` is set for kind e164 only; `national` is how a person in the default region
    writes it (in international form when it is foreign; for kind short the digits). `valid` says that the
    national plan has such a number: others of a possible length still identify a caller."""

    kind: NumberKind
    e164: str | None = None
    national: str = ""
    extension: str | None = None
    region: str | None = None
    valid: bool = False

    @property
    def zones(self) -> frozenset[str]:
        """Every time zone the number can be in; empty when nothing is known."""
        return zones(self.e164) if self.e164 else frozenset()


@lru_cache(1024)
def parse(raw: str | None, region: str) -> Number:
    """Read `raw` as somebody in `region` (ISO 3166 code) would dial it. Never raises."""
    if raw is None:
        return Number(NumberKind.WITHHELD)
    if len(raw) > MAX_RAW:
        return Number(NumberKind.INVALID)
    text = _user_part(_clean(raw))
    if _is_withheld(text):
        return Number(NumberKind.WITHHELD)
    main, extension = _split_extension(text)
    if "+" not in main and _SHORT.fullmatch(_squeeze(main)):
        return _short(_squeeze(main), extension, region)
    if not _ALLOWED.fullmatch(main) or main.count("+") > main.startswith("+"):
        return Number(NumberKind.INVALID)
    found = _read(_squeeze(main), region)
    return _number(found, extension, region) if found is not None else Number(NumberKind.INVALID)


@lru_cache(4096)
def zones(e164: str) -> frozenset[str]:
    """The zones of a number by its longest known prefix; those of the whole country where the plan says no more."""
    number = phonenumbers.parse(e164, None)
    found = set(timezone.time_zones_for_number(number)) - {_NO_ZONE}
    if not found:
        found = set(timezone.time_zones_for_geographical_number(number)) - {_NO_ZONE}
    return frozenset(found)


def zones_shown(number: object) -> list[str]:
    """The zones of what may be a number in E.164, in order, as the screen gets them; none for anything else."""
    if not isinstance(number, str) or not _E164.fullmatch(number):
        return []
    try:
        return sorted(zones(number))
    except phonenumbers.NumberParseException:
        return []


def spellings(e164: str) -> tuple[str, ...]:
    """All E.164 forms one subscriber may appear under: Argentine mobiles come with and without their 9."""
    match = _ARGENTINA.fullmatch(e164)
    if match is None:
        return (e164,)
    return (e164, f"+54{'' if match[1] else '9'}{match[2]}")


@lru_cache(1024)
def display(e164: str, region: str) -> str:
    """An E.164 number as a person in `region` writes it."""
    return _shown(phonenumbers.parse(e164, None), region)


def _shown(number: PhoneNumber, region: str) -> str:
    at_home = number.country_code == phonenumbers.country_code_for_region(region)
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    )


def _clean(raw: str) -> str:
    """Compatibility forms (full-width) folded, every script's digits made ASCII, invisible characters dropped."""
    folded = unicodedata.normalize("NFKC", raw)
    out = []
    for char in folded:
        category = unicodedata.category(char)
        if category == "Nd":
            out.append(str(unicodedata.decimal(char)))
        elif category == "Pd":
            out.append("-")
        elif category.startswith("Z"):
            out.append(" ")
        elif category not in ("Cf", "Cc", "Cs"):
            out.append(char)
    return "".join(out).strip()


def _user_part(text: str) -> str:
    """The user of a SIP or tel address (with its extension, if any), else the text itself."""
    if "<" in text and ">" in text:
        text = text[text.rindex("<") + 1 :].split(">")[0].strip()
    scheme = _SIP.match(text)
    if scheme:
        text = text[scheme.end() :]
    user, at, _ = text.rpartition("@")
    if not at:
        if scheme and scheme[0].lower().startswith("sip") and "." in text.split(";")[0]:
            return ""  # only a host: the caller has no number
        user = text
    user = unquote(user) if "%" in user else user
    context = _CONTEXT.search(user)
    extension = re.search(r";ext=[0-9]{1,11}", user, re.IGNORECASE)
    if ";" in user and (at or scheme or context):
        user = user.split(";")[0] + (extension[0] if extension else "")
    if context and not user.startswith("+"):
        user = context[1] + user
    return user.split(":")[0].strip() if at else user.strip()


def _is_withheld(text: str) -> bool:
    bare = text.strip("\"'<>[]()").casefold().replace(" ", "").replace("_", "")
    return not bare or bare in WITHHELD or bool(re.fullmatch(r"0{5,}|\+0*", bare))


def _split_extension(text: str) -> tuple[str, str | None]:
    match = _EXTENSION.fullmatch(text) or _HASH_EXTENSION.fullmatch(text)
    if match is None or not re.search(r"[0-9]", match["main"]):
        return text, None
    return match["main"].strip(), match["extension"]


def _squeeze(text: str) -> str:
    return re.sub(r"[ ().\-/_]", "", text.replace("(0)", "") if text.startswith("+") else text)


def _short(digits: str, extension: str | None, region: str) -> Number:
    """At most six digits: an extension or a service number, unless dialled as a whole valid number with trunk 0."""
    if digits.startswith("0"):
        found = _attempt(digits, region)
        if found is not None and phonenumbers.is_valid_number(found):
            return _number(found, extension, region)
    return Number(NumberKind.SHORT, national=digits, extension=extension)


def _read(digits: str, region: str) -> PhoneNumber | None:
    """The number, tried as dialled in `region`, then as E.164 whose + (or 00) the trunk wrote in another way."""
    home = _attempt(digits, region)
    if digits.startswith("+") or (home is not None and phonenumbers.is_valid_number(home)):
        return home
    abroad = _attempt(f"+{digits.removeprefix('00')}", None)
    if abroad is None or (home is not None and not _international_by_length(digits, region)):
        return home
    if phonenumbers.is_valid_number(abroad) or (home is None and len(digits) >= 11):
        return abroad
    return home


def _attempt(digits: str, region: str | None) -> PhoneNumber | None:
    legacy = _MEXICO_MOBILE.fullmatch(digits)
    try:
        number = phonenumbers.parse(f"+52{legacy[1]}" if legacy else digits, region)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return number if possible and len(_e164(number)) <= 16 else None


def _international_by_length(digits: str, region: str) -> bool:
    if digits.startswith("00"):
        return True
    trunk = phonenumbers.ndd_prefix_for_region(region, True)
    return len(digits) >= 11 and not (trunk and digits.startswith(trunk))


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _number(number: PhoneNumber, extension: str | None, region: str) -> Number:
    home = phonenumbers.region_code_for_number(number)
    return Number(
        NumberKind.E164,
        e164=_e164(number),
        national=_shown(number, region),
        extension=extension,
        region=home or phonenumbers.region_code_for_country_code(number.country_code or 0),
        valid=home is not None and phonenumbers.is_valid_number_for_region(number, home),
    )
