"""SIP messages are read and written as others do."""

import hashlib

import pytest

from lab.sip.message import (
    SipMessage,
    audio_address,
    audio_sdp,
    digest,
    display_of,
    parameter,
    parse,
    response,
    uri_of,
    user_of,
)

pytestmark = pytest.mark.unit

INVITE = (
    "INVITE sip:5551234@127.0.0.1 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK1\r\n"
    'f: "José \\"Pepe\\" Núñez" <sip:+34600111222@127.0.0.2>;tag=a1\r\nTo: <sip:5551234@127.0.0.1>\r\n'
    "i: call-1\r\nCSeq: 7 INVITE\r\nm: <sip:+34600111222@127.0.0.2:5070>\r\nl: 3\r\n\r\nabc"
).encode()


def test_a_request_with_compact_headers_is_read() -> None:
    message = parse(INVITE)

    assert message
    assert (message.method, message.status, message.cseq, message.branch) == ("INVITE", 0, 7, "z9hG4bK1")
    assert (message.get("call-id"), message.body) == ("call-1", "abc")
    assert user_of(message.get("from")) == "+34600111222"
    assert display_of(message.get("from")) == 'José "Pepe" Núñez'
    assert uri_of(message.get("contact")) == "sip:+34600111222@127.0.0.2:5070"


def test_what_is_no_sip_is_no_message() -> None:
    assert parse(b"\r\n\r\n") is None
    assert parse(b"\x80\x00rtp") is None


def test_a_message_survives_being_written_and_read() -> None:
    message = SipMessage("BYE sip:a@b SIP/2.0", [("Via", "SIP/2.0/UDP x;branch=z9"), ("CSeq", "2 BYE")], "Łódź")

    back = parse(message.encode())

    assert back == message
    assert b"Content-Length: 7\r\n" in message.encode()


def test_a_response_repeats_what_it_answers_and_tags_the_other_side_once() -> None:
    request = parse(INVITE)
    assert request

    ringing = response(request, 180, tag="t2")
    again = response(SipMessage(request.start, [*ringing.headers]), 200, tag="t3")

    assert ringing.start == "SIP/2.0 180 Ringing"
    assert ringing.get("to") == "<sip:5551234@127.0.0.1>;tag=t2"
    assert parameter(again.get("to"), "tag") == "t2"
    assert (ringing.get("call-id"), ringing.get("cseq"), ringing.method) == ("call-1", "7 INVITE", "INVITE")


def test_a_challenge_is_answered_with_its_digest() -> None:
    challenge = 'Digest realm="asterisk",nonce="n1",opaque="o1",algorithm=MD5,qop="auth"'

    value = digest(challenge, user="u", secret="p", method="REGISTER", uri="sip:h")

    own = value.split('cnonce="')[1].split('"')[0]
    first = hashlib.md5(b"u:asterisk:p").hexdigest()
    second = hashlib.md5(b"REGISTER:sip:h").hexdigest()
    wanted = hashlib.md5(f"{first}:n1:00000001:{own}:auth:{second}".encode()).hexdigest()
    assert f'response="{wanted}"' in value
    assert 'opaque="o1"' in value


def test_an_audio_offer_says_where_and_an_answer_is_understood() -> None:
    assert audio_address(audio_sdp("127.0.0.2", 4000, 1)) == ("127.0.0.2", 4000)
    assert audio_address("v=0\r\n") is None
