"""RSL: what a file says, and that no file costs more than it is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.rights.licences import UNREADABLE
from archive.rights.signals import Signal, SignalKind
from pipelines.metadata.reservations import robots_signals
from pipelines.page.rsl import MAX_BYTES, element_signals, licence_signals

NS = "https://rslstandard.org/rsl"


def said(signals: tuple[Signal, ...]) -> list[tuple[str | None, str, bool]]:
    return [(signal.location, signal.value, signal.reserves) for signal in signals]


def test_a_file_has_a_signal_for_each_licence_in_words() -> None:
    body = f"""<?xml version="1.0" encoding="UTF-8"?>
    <rsl xmlns="{NS}" max-age="7">
      <content url="/archive/*" server="https://olp.test/v1" encrypted="true" lastmod="2026-10-01T00:00:00Z">
        <copyright type="organization">Gazette</copyright><terms>https://gazette.test/terms</terms>
        <license>
          <permits type="usage">ai-input ai-index</permits><permits type="geo">US EU</permits>
          <prohibits type="usage">ai-train</prohibits><prohibits type="user">commercial</prohibits>
          <payment type="subscription"><standard>https://gazette.test/rate</standard>
            <amount currency="EUR">50</amount></payment>
          <legal type="warranty">ownership authority</legal>
        </license>
      </content>
      <content url="/open/"><license><permits type="usage">all</permits></license>
        <license><payment type="free"/></license></content>
    </rsl>""".encode()

    assert said(licence_signals(body)) == [
        (
            "/archive/*",
            (
                "prohibits: ai-train; not to: commercial; permits: ai-input ai-index; only in: us eu; "
                "payment: subscription https://gazette.test/rate 50 EUR; "
                "needs: a token of the server https://olp.test/v1; needs: a key: it is encrypted"
            ),
            True,
        ),
        ("/open/", "permits: all", False),
        ("/open/", "payment: free", False),
    ]


FILE = (
    b"<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    b"<rsl><content url='/'><license><permits>&f;</permits></license></content></rsl>"
)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf  ", "it is empty"),
        (b"not XML", "its XML is broken"),
        (b"<!doctype html><html><body><p>Our single page application", "it is a web page"),
        (b"<rsl><content url='/'><license>", "its XML is broken"),
        (f"<!DOCTYPE rsl [<!ENTITY l0 'ha'>{LAUGHS}]><rsl><content url='&l9;'/></rsl>".encode(), ""),
        (b"<!DOCTYPE rsl SYSTEM 'http://127.0.0.1:9/x.dtd'><rsl/>", "it has a DTD"),
        (FILE, "it has a DTD"),
        (b"<r>" * 60_000, "its XML is broken"),
        (b"<rsl>" + b" " * MAX_BYTES + b"</rsl>", "it is longer than 200,000 bytes"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "it is no RSL"),
        (b"<rsl/>", "it has no content element"),
        ("<rsl/>".encode("utf-16"), "it has no content element"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_so_and_reserves(body: bytes, reason: str) -> None:
    (signal,) = licence_signals(body)

    assert signal.reserves
    assert signal.value.startswith(f"{UNREADABLE}: {reason}")
    assert "root:" not in signal.value


def test_a_file_with_too_many_licences_reserves() -> None:
    many = "".join(f"<content url='/{n}'><license><permits>all</permits></license></content>" for n in range(400))

    first, *rest = licence_signals(f"<rsl>{many}</rsl>".encode())

    assert first.value == f"{UNREADABLE}: it has more than 200 licences"
    assert len(rest) == 200


def test_no_prohibition_is_lost_among_thousands_of_words() -> None:
    words = " ".join(f"word-{n}" for n in range(5_00))

    (signal,) = licence_signals(
        f"<rsl><content url='/'><license><prohibits>ai-train {words}</prohibits></license></content></rsl>".encode()
    )

    assert signal.value == "prohibits: ai-train word-0 word-1 word-2"


@given(body=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"<rsl>{text}</rsl>".encode()))
def test_no_file_breaks_its_reader(body: bytes) -> None:
    found = licence_signals(body)

    assert found
    assert all(len(signal.value) < 2_000 for signal in found)


OF_ENTRY = (
    f'<item xmlns:rsl="{NS}"><rsl:content url="/x"><rsl:license>'
    '<rsl:prohibits type="usage">ai-all</rsl:prohibits></rsl:license></rsl:content></item>'
)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (OF_ENTRY, ["prohibits: ai-all"]),
        (f'<item xmlns:rsl="{NS}"><rsl:license><rsl:payment type="free"/></rsl:license></item>', ["payment: free"]),
        ("<item><content url='/x'>Text</content><license>CC BY</license></item>", []),
        ("<item xmlns:media='http://search.yahoo.com/mrss/'><media:content url='/x.jpg'/></item>", []),
    ],
)  # fmt: skip
def test_an_entry_of_a_feed_has_licences_of_its_own(item: str, words: list[str]) -> None:
    assert [signal.value for signal in element_signals(etree.fromstring(item))] == words


ROBOTS = "https://paper.test/robots.txt"


@pytest.mark.parametrize(
    ("robots", "links"),
    [
        ("License: https://paper.test/l.xml\nUser-agent: *\nAllow: /\n", ["https://paper.test/l.xml"]),
        ("User-agent: *\nAllow: /\nlicense : /l.xml # ours\n", ["https://paper.test/l.xml"]),
        ("User-agent: GPTBot\nDisallow: /\nLicense: /gpt.xml\n", []),
        ("User-agent: GPTBot\nDisallow: /\n\nSitemap: /s.xml\nLicense: /l.xml\n", ["https://paper.test/l.xml"]),
        ("License: /all.xml\nUser-agent: cuttings\nLicense: /ours.xml\n", ["https://paper.test/ours.xml"]),
        ("License: /all.xml\nUser-agent: *\nLicense: /star.xml\nLicense: /two.xml\n",
         ["https://paper.test/star.xml", "https://paper.test/two.xml"]),
        ("User-agent: *\nLicense: /star.xml\nUser-agent: cuttings\nAllow: /\n", []),
        ("Licence: /l.xml#terms\nUser-agent: cuttings/2.0\nAllow: /\n", ["https://paper.test/l.xml"]),
        ("License:\n", []),
    ],
)  # fmt: skip
def test_a_robots_txt_names_licences_to_its_groups(robots: str, links: list[str]) -> None:
    found = robots_signals(robots.encode(), "cuttings", ROBOTS)

    assert [signal.value for signal in found if signal.kind is SignalKind.RSL_LINK] == links


def test_a_licence_with_a_password_is_not_asked_for() -> None:
    (signal,) = robots_signals(b"License: https://user:secret@paper.test/l.xml\n", "cuttings", ROBOTS)

    assert signal.kind is SignalKind.RSL
    assert signal.reserves


def test_a_licence_for_another_robot_is_recorded_as_said_to_it() -> None:
    (first, second) = robots_signals(b"User-agent: GPTBot\nDisallow: /\nLicense: /gpt.xml\n", "cuttings", ROBOTS)

    assert (first.value, first.reserves) == ("gptbot: license: /gpt.xml", False)
    assert second.value == "gptbot: disallow: /"


def test_thousands_of_names_and_lines_for_them_are_read_in_a_moment() -> None:
    names = "".join(f"User-agent: robot-{n}\n" for n in range(12_000))
    lines = "Disallow: /\nLicense: /l.xml\nContent-Signal: ai-train=no\n" * 5_000

    found = robots_signals(f"{names}{lines}User-agent: *\nContent-Signal: ai-train=no\n".encode(), "cuttings", ROBOTS)

    assert [signal.value for signal in found if signal.reserves] == ["ai-train=no"]
