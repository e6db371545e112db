"""SIP messages as text: parse, build, digest. Pure."""

import hashlib
import re
from dataclasses import dataclass, field

COMPACT = {
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "l": "content-length",
    "c": "content-type",
    "v": "via",
}
REASONS = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    404: "Not Found",
    405: "Method Not Allowed",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    486: "Busy Here",
    487: "Request Terminated",
    503: "Service Unavailable",
    603: "Decline",
}
ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY"


@dataclass(slots=True)
class SipMessage:
    """A request or a response: the first line, headers in order, body."""

    start: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @property
    def method(self) -> str:
        """The method of a request, of a response that of its CSeq."""
        return self.get("cseq").split()[-1] if self.status else self.start.split()[0]

    @property
    def status(self) -> int:
        """The status code, 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else 0

    def get(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.headers if key.lower() == name), default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def cseq(self) -> int:
        return int(self.get("cseq").split()[0])

    @property
    def branch(self) -> str:
        return parameter(self.get("via"), "branch")

    def encode(self) -> bytes:
        body = self.body.encode()
        lines = [self.start, *(f"{key}: {value}" for key, value in self.headers), f"Content-Length: {len(body)}"]
        return "\r\n".join(lines).encode(errors="surrogateescape") + b"\r\n\r\n" + body


def parse(data: bytes) -> SipMessage | None:
    """The message of a datagram; None for what is none (keep-alives)."""
    head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    if "SIP/2.0" not in start:
        return None
    headers = []
    for line in lines:
        key, _, value = line.partition(":")
        key = key.strip()
        headers.append((COMPACT.get(key.lower(), key), value.strip()))
    return SipMessage(start, [h for h in headers if h[0].lower() != "content-length"], body)


def parameter(value: str, name: str) -> str:
    """A `;name=value` parameter of a header."""
    match = re.search(rf";\s*{name}=([^;,\s>]+)", value)
    return match.group(1) if match else ""


def uri_of(value: str) -> str:
    """The URI inside a From, To or Contact."""
    match = re.search(r"<([^>]+)>", value)
    return match.group(1) if match else value.split(";")[0].strip()


def user_of(value: str) -> str:
    return uri_of(value).removeprefix("sip:").partition("@")[0]


def display_of(value: str) -> str:
    """The display name of a From or To."""
    name = value.partition("<")[0].strip()
    return name[1:-1].replace('\\"', '"') if name.startswith('"') else name


def response(
    request: SipMessage, status: int, *, tag: str = "", extra: list[tuple[str, str]] | None = None, body: str = ""
) -> SipMessage:
    """An answer to a request; `tag` is put on To when it has none."""
    to = request.get("to")
    if tag and not parameter(to, "tag"):
        to = f"{to};tag={tag}"
    headers = [("Via", via) for via in request.all("via")]
    headers += [("From", request.get("from")), ("To", to), ("Call-ID", request.get("call-id"))]
    headers += [("CSeq", request.get("cseq")), *(extra or [])]
    return SipMessage(f"SIP/2.0 {status} {REASONS.get(status, 'Unknown')}", headers, body)


def digest(challenge: str, *, user: str, secret: str, method: str, uri: str) -> str:
    """The value of an Authorization header for an MD5 challenge."""

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    said = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    first = md5(f"{user}:{said['realm']}:{secret}")
    second = md5(f"{method}:{uri}")
    parts = {"username": user, "realm": said["realm"], "nonce": said["nonce"], "uri": uri}
    if "auth" in said.get("qop", ""):
        count, own = "00000001", md5(said["nonce"])[:16]
        result = md5(f"{first}:{said['nonce']}:{count}:{own}:auth:{second}")
        tail = f', qop=auth, nc={count}, cnonce="{own}"'
    else:
        result, tail = md5(f"{first}:{said['nonce']}:{second}"), ""
    if "opaque" in said:
        parts["opaque"] = said["opaque"]
    quoted = ", ".join(f'{key}="{value}"' for key, value in parts.items())
    return f'Digest {quoted}, response="{result}", algorithm=MD5{tail}'


def audio_sdp(host: str, port: int, version: int) -> str:
    """An offer or answer of one G.711 stream with telephone events."""
    lines = ["v=0", f"o=- 1 {version} IN IP4 {host}", "s=lab", f"c=IN IP4 {host}", "t=0 0"]
    lines += [f"m=audio {port} RTP/AVP 0 101", "a=rtpmap:0 PCMU/8000", "a=rtpmap:101 telephone-event/8000"]
    return "\r\n".join([*lines, "a=fmtp:101 0-16", "a=ptime:20", "a=sendrecv", ""])


def audio_address(sdp: str) -> tuple[str, int] | None:
    """Where the other side wants its audio."""
    host = re.search(r"^c=IN IP4 (\S+)", sdp, re.MULTILINE)
    port = re.search(r"^m=audio (\d+)", sdp, re.MULTILINE)
    return (host.group(1), int(port.group(1))) if host and port else None
