"""What every answer carries, errors in one shape, pages, the client's files, health, metrics, the description."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from agent_desktop.app import HUB
from kernel.access import Role
from routing.messages import SignInAgent
from tests.integration.desktop.harness import PASSWORD, Browser, Desktop, running
from tests.support.waiting import until

pytestmark = pytest.mark.integration

HEADERS = {
    "Server": "trunkline",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


@pytest.fixture
async def built(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Desktop]:
    """A desktop whose client is built, beside a file that nobody may have."""
    dist = tmp_path / "dist"
    (dist / "icons").mkdir(parents=True)
    for name in ("desk.js", "sign-in.js", "office.js", "desk.css", "icon-idle.svg", "icons/a.svg"):
        (dist / name).write_text(f"/* {name} */")
    (dist / "notes.unknown").write_text("not for browsers")
    (tmp_path / "secret.js").write_text("secret")
    (dist / "link.js").symlink_to(tmp_path / "secret.js")
    async with running(sqlite_url, tmp_path) as found:
        await found.person("ann")
        await found.person("root", Role.admin)
        yield found


@pytest.mark.parametrize("path", ["/sign-in", "/api/me", "/nothing", "/health/live", "/api/customers?q=x"])
async def test_given_any_answer_then_it_carries_the_headers(built: Desktop, path: str) -> None:
    async with built.browser() as browser, browser.client.get(path) as response:
        for name, value in HEADERS.items():
            assert response.headers[name] == value
        policy = response.headers["Content-Security-Policy"]
        assert len(response.headers["X-Request-Id"]) == 16

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "ws://127.0.0.1:8088/ws" in policy
    assert "unsafe" not in policy
    assert "*" not in policy


async def test_given_a_host_that_is_none_then_refused_and_not_repeated(desktop: Desktop) -> None:
    async with desktop.browser() as browser:
        headers = {"Host": "x; script-src *"}
        async with browser.client.get("/health/live", headers=headers) as response:
            body = await response.text()

    assert response.status == 422
    assert "script-src *" not in body + str(response.headers)


async def raw(url: str, request: str) -> bytes:
    """The answer to a request sent as it stands: clients mend paths before they send them."""
    address = URL(url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(request.encode("latin-1"))
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret.js",
        "/static/..%2fsecret.js",
        "/static/%2e%2e/secret.js",
        "/static//etc/passwd",
        "/static/..\\secret.js",
        "/static/icons/../../secret.js",
        "/static/link.js",
        "/static/notes.unknown",
        "/static/",
        "/static/desk.js%00.css",
    ],
)
async def test_given_a_path_out_of_the_folder_when_asked_then_404(built: Desktop, path: str) -> None:
    answer = await raw(built.url, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

    assert answer.split(b" ")[1] in (b"404", b"400")
    assert b"secret" not in answer.split(b"\r\n\r\n", 1)[1]


async def test_given_the_clients_files_when_asked_then_kept_by_their_hash(built: Desktop) -> None:
    async with built.browser() as browser:
        async with browser.client.get("/static/icons/a.svg") as plain:
            tag = plain.headers["ETag"]
            assert plain.headers["Content-Type"] == "image/svg+xml"
            assert plain.headers["Cache-Control"] == "no-cache"
        async with browser.client.get("/static/icons/a.svg", headers={"If-None-Match": tag}) as again:
            assert again.status == 304
        async with browser.client.get(f"/static/icons/a.svg?v={tag.strip(chr(34))}") as lasting:
            assert "immutable" in lasting.headers["Cache-Control"]
        async with browser.client.get("/static/desk.js") as script:
            assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"


async def test_given_nobody_signed_in_when_the_desk_is_opened_then_to_sign_in(built: Desktop) -> None:
    async with built.browser() as browser:
        for path, target in (("/", "/sign-in"), ("/desk", "/sign-in")):
            async with browser.client.get(path, allow_redirects=False) as response:
                assert (response.status, response.headers["Location"]) == (303, target)
                assert "Content-Security-Policy" in response.headers
    async with built.browser("ann") as browser:
        for path, target in (("/", "/desk"), ("/sign-in", "/desk")):
            async with browser.client.get(path, allow_redirects=False) as response:
                assert (response.status, response.headers["Location"]) == (303, target)


async def test_given_an_agent_when_the_desk_is_opened_then_the_client_with_its_token(built: Desktop) -> None:
    async with built.browser("ann") as browser:
        status, page = await browser.ask("GET", "/desk")

    assert status == 200
    assert f'<meta name="csrf-token" content="{browser.csrf}">' in page
    assert '<script type="module" src="/static/desk.js?v=' in page
    assert '<link rel="stylesheet" href="/static/desk.css?v=' in page
    assert "<style" not in page


@pytest.mark.parametrize(
    ("wanted", "language", "title"),
    [
        ("es-AR,es;q=0.9", "es", "Iniciar sesión"),
        ("fr, zh;q=0.5, en;q=0.1", "zh", "登录"),
        ("ru", "ru", "Вход"),
        ("xx", "en", "Sign in"),
        ("\xff;;q=,,", "en", "Sign in"),
    ],
)
async def test_given_a_languages_wish_when_signing_in_then_in_it(
    built: Desktop, wanted: str, language: str, title: str
) -> None:
    request = f"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: {wanted}\r\nConnection: close\r\n\r\n"
    page = (await raw(built.url, request)).decode()

    assert f'<html lang="{language}">' in page
    assert f"<title>{title}" in page


async def test_given_an_administrator_when_the_desk_is_opened_then_told_in_words_and_led_away(built: Desktop) -> None:
    async with built.browser("root") as browser:
        status, page = await browser.ask("GET", "/desk")

        other, entrance = await browser.ask("GET", "/sign-in?as=another")

    assert status == 403
    assert "The desk is for agents" in page
    assert '<a href="/sign-in?as=another">' in page, "a way out"
    assert other == 200
    assert "<title>Sign in" in entrance


@pytest.mark.parametrize(
    ("language", "words"), [("en", "There is nothing at this address"), ("es", "No hay nada en esta dirección")]
)
async def test_given_an_address_that_there_is_not_when_opened_then_told_in_words_and_led_back(
    built: Desktop, language: str, words: str
) -> None:
    async with built.browser() as browser:
        opened = await browser.ask("GET", "/admn/people", Accept="text/html,*/*;q=0.8", Accept_Language=language)
        asked, answer = await browser.ask("GET", "/api/nothing", Accept="text/html")

    assert opened[0] == 404
    assert words in opened[1]
    assert '<a href="/">' in opened[1], "a way back"
    assert (asked, answer["error"]["id"]) == (404, "not_found"), "programs get what they read"


async def test_given_no_built_client_when_opened_then_told_what_to_do(desktop: Desktop) -> None:
    async with desktop.browser() as browser:
        status, page = await browser.ask("GET", "/sign-in")

    assert status == 503
    assert "make setup" in page


@pytest.mark.parametrize(
    ("method", "path", "data", "content_type", "status", "id"),
    [
        ("GET", "/api/nothing", None, None, 404, "not_found"),
        ("DELETE", "/api/me", None, None, 405, "method_not_allowed"),
        ("POST", "/api/sign-in", b"{", "application/json", 422, "invalid_json"),
        ("POST", "/api/sign-in", b"\xff\xfe", "application/json", 422, "invalid_json"),
        ("POST", "/api/sign-in", b"[" * 100_000, "application/json", 422, "invalid_json"),
        ("POST", "/api/sign-in", b'{"login":"\\ud800","password":"x"}', "application/json", 422, "invalid_input"),
        ("POST", "/api/sign-in", b"login=ann", "application/x-www-form-urlencoded", 415, "unsupported_media"),
        ("POST", "/api/sign-in", b'"' + b"x" * 400_000 + b'"', "application/json", 413, "too_large"),
        ("GET", "/api/me", None, None, 401, "not_signed_in"),
    ],
)
async def test_given_a_bad_request_then_its_id_in_the_one_shape(
    desktop: Desktop, method: str, path: str, data: bytes | None, content_type: str | None, status: int, id: str
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    async with (
        desktop.browser() as browser,
        browser.client.request(method, path, data=data, headers=headers) as response,
    ):
        body = json.loads(await response.text())

    assert (response.status, body["error"]["id"]) == (status, id)
    assert set(body) == {"error"}
    assert set(body["error"]) == {"id", "message", "details"}


async def test_given_a_wrong_field_then_it_is_named_and_its_value_is_not_repeated(desktop: Desktop) -> None:
    async with desktop.browser() as browser:
        status, answer = await browser.ask("POST", "/api/sign-in", {"login": "", "password": ["hunter2"], "role": "x"})

    assert status == 422
    assert answer["error"]["details"]["fields"].keys() == {"login", "password", "role"}
    assert "hunter2" not in json.dumps(answer)


async def test_given_an_unforeseen_error_then_an_incident_and_nothing_of_the_inside(
    desktop: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    desktop.engine.answers[SignInAgent] = RuntimeError("secret inside")
    async with desktop.browser("ann") as browser:
        status, answer = await browser.ask("GET", "/api/desk/phone")

    assert (status, answer["error"]["id"]) == (500, "incident")
    assert "secret" not in json.dumps(answer)
    assert answer["error"]["details"]["incident"] in capsys.readouterr().out


async def refuses(browser: Browser) -> bool:
    return (await browser.ask("GET", "/health/ready"))[0] == 503


async def test_given_parts_that_work_and_do_not_when_asked_then_each_says_so(sqlite_url: str, tmp_path: Path) -> None:
    async def good() -> tuple[bool, str]:
        return True, "up"

    async def bad() -> tuple[bool, str]:
        raise OSError("password=hunter2")

    checks: dict[str, Any] = {"switch": good}
    async with running(sqlite_url, tmp_path, checks=checks) as desktop, desktop.browser() as browser:
        live = await browser.ask("GET", "/health/live")
        ready = await browser.ask("GET", "/health/ready")
        checks["database"] = bad
        await until(lambda: refuses(browser), 5, "what was found is not kept for long")
        not_ready = await browser.ask("GET", "/health/ready")

    assert live == (200, {"ok": True})
    assert ready == (200, {"ok": True, "parts": {"switch": {"ok": True, "warning": False, "words": "up"}}})
    assert (not_ready[0], not_ready[1]["ok"]) == (503, False)
    assert not_ready[1]["parts"]["database"]["ok"] is False
    assert "hunter2" not in json.dumps(not_ready[1])


async def test_given_metrics_when_asked_through_a_proxy_then_only_for_those_with_the_right(desktop: Desktop) -> None:
    async with desktop.browser() as nobody, desktop.browser("ann") as ann, desktop.browser("root") as root:
        here = await nobody.ask("GET", "/metrics")
        proxied = {"X_Forwarded_For": "203.0.113.5"}
        found = [(await one.ask("GET", "/metrics", **proxied))[0] for one in (nobody, ann, root)]

    assert "trunkline_desktop_sockets 0.0" in here[1]
    assert found == [401, 403, 200]


async def test_given_the_description_then_every_route_with_its_right_and_models(desktop: Desktop) -> None:
    async with desktop.browser() as browser:
        status, document = await browser.ask("GET", "/api/openapi.json")

    hold = document["paths"]["/api/calls/{id}/hold"]["post"]
    created = document["paths"]["/api/customers"]["post"]
    references = set(_references(document))
    assert status == 200
    assert hold["x-right"] == "call_own"
    assert created["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/CustomerForm"
    }
    assert document["components"]["schemas"]["CustomerForm"]["additionalProperties"] is False
    assert references <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [one for inner in value.values() for one in _references(inner)]
    return [one for inner in value for one in _references(inner)] if isinstance(value, list) else []


async def test_given_tls_when_signed_in_then_a_host_cookie_and_strict_transport(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with running(sqlite_url, tmp_path, tls=True) as desktop:
        await desktop.person("ann")
        await desktop.app[HUB].ready.wait()
        async with (
            aiohttp.ClientSession(desktop.url) as client,
            client.post("/api/sign-in", json={"login": "ann", "password": PASSWORD}) as response,
        ):
            cookie = response.headers["Set-Cookie"]

    assert cookie.startswith("__Host-trunkline=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert "max-age" in response.headers["Strict-Transport-Security"]
