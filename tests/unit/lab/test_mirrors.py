"""The mirror comes from the machine's own apt sources, in either format."""

from pathlib import Path

import pytest

from lab.mirrors import AptSource, choose_mirror, parse_deb822, parse_one_line, read_sources

pytestmark = pytest.mark.unit

DEB822 = """\
# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/example.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
Enabled: no
URIs: http://other.example/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main
"""


def test_deb822_stanzas_are_read_without_the_disabled_and_the_sources() -> None:
    assert parse_deb822(DEB822) == [
        AptSource("http://mirror.example/debian", ("bookworm", "bookworm-updates"), ("main", "contrib")),
        AptSource("http://mirror.example/debian-security", ("bookworm-security",), ("main",)),
    ]


def test_a_field_of_deb822_may_go_on_in_the_next_line() -> None:
    (source,) = parse_deb822("Types: deb\nURIs: http://a.example/d\nSuites: sid\nComponents: main\n contrib\n")

    assert source.components == ("main", "contrib")


def test_one_line_sources_are_read_with_options_and_comments() -> None:
    text = """\
# deb http://old.example/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main  # ours
deb-src http://mirror.example/debian bookworm main
"""
    assert parse_one_line(text) == [AptSource("http://mirror.example/debian", ("bookworm",), ("main",))]


def test_the_mirror_of_the_own_release_is_preferred_to_third_parties_and_security() -> None:
    sources = [
        AptSource("http://tools.example/apt", ("stable",), ("main",)),
        AptSource("http://mirror.example/debian-security", ("bookworm-security",), ("main",)),
        AptSource("http://mirror.example/debian/", ("bookworm",), ("main",)),
    ]

    assert choose_mirror(sources, "bookworm") == "http://mirror.example/debian"


def test_without_the_own_release_any_archive_with_main_is_taken_but_no_security_one() -> None:
    security = AptSource("http://mirror.example/debian-security", ("bookworm-security",), ("main",))

    assert choose_mirror([security], "bookworm") is None
    assert choose_mirror([security, AptSource("http://m.example/d", ("sid",), ("main",))], "x") == "http://m.example/d"


def test_all_files_of_apt_are_read_and_a_list_of_mirrors_stands_for_its_first(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    mirrors = tmp_path / "mirrors.txt"
    mirrors.write_text("# fast ones\nhttp://near.example/ubuntu\tpriority:1\nhttp://far.example/ubuntu\n")
    (tmp_path / "sources.list").write_text("deb http://a.example/debian bookworm main\n")
    (tmp_path / "sources.list.d/b.list").write_text("deb http://b.example/debian bookworm main\n")
    (tmp_path / "sources.list.d/c.sources").write_text(
        f"Types: deb\nURIs: mirror+file:{mirrors}\nSuites: noble\nComponents: main\n"
    )
    (tmp_path / "sources.list.d/d.list.disabled").write_text("deb http://d.example/debian bookworm main\n")

    uris = [source.uri for source in read_sources(tmp_path)]

    assert uris == ["http://a.example/debian", "http://b.example/debian", "http://near.example/ubuntu"]
