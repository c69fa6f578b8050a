"""From bytes to text and tree: which encoding won, and who said so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.page.parse import Element, decode, drop_code, flatten, is_cut_short, is_too_deep, parse

GERMAN = "Über die Brücke fährt kein Zug mehr. Die Größe der Lücke überrascht auch die Gemeinderätin."
RUSSIAN = "Мост закрыт на ремонт, и паром снова ходит каждый час. Жители довольны, капитан нет."
JAPANESE = "橋は修理のため閉鎖され、渡し船が再び毎時運航している。住民は喜んでいるが、船長はそうでもない。"

HEADER = "text/html; charset="


def html(text: str, charset: str | None = None, declared: str | None = None) -> bytes:
    meta = f'<meta charset="{declared}">' if declared else ""
    return f"<html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>".encode(charset or "utf-8")


@pytest.mark.parametrize(
    ("body", "content_type", "charset", "source"),
    [
        pytest.param(b"\xef\xbb\xbf" + html(GERMAN, None, "cp1252"), HEADER + "koi8-r", "utf-8", "bom", id="bom"),
        pytest.param(b"\xff\xfe" + html(GERMAN, "utf-16-le"), None, "utf-16-le", "bom", id="bom-utf-16-le"),
        pytest.param(b"\xfe\xff" + html(GERMAN, "utf-16-be"), None, "utf-16-be", "bom", id="bom-utf-16-be"),
        pytest.param(html(RUSSIAN, "utf-16-le"), HEADER + "utf-16", "utf-16-le", "header", id="utf-16-no-mark"),
        pytest.param(html(RUSSIAN, "utf-16-be"), HEADER + "utf-8", "utf-16-be", "detector", id="utf-16-unsaid"),
        pytest.param(b"<\0" + html(RUSSIAN)[1:], None, "utf-8", "detector", id="stray-nul"),
        pytest.param(html(RUSSIAN, "koi8-r"), HEADER + "KOI8-R", "koi8-r", "header", id="header"),
        pytest.param(html(RUSSIAN, "cp1251", "windows-1251"), "text/html", "cp1251", "meta", id="meta"),
        pytest.param(html(RUSSIAN, "cp1251", "koi8-r"), HEADER + "windows-1251", "cp1251", "header", id="header-first"),
        pytest.param(html(GERMAN, "utf-8", "utf-8"), None, "utf-8", "meta", id="meta-utf-8"),
        pytest.param(html(GERMAN, "utf-8", "iso-8859-1"), HEADER + "latin1", "utf-8", "detector", id="not-latin-1"),
        pytest.param(html(GERMAN, "utf-8"), None, "utf-8", "detector", id="utf-8"),
        pytest.param(html(GERMAN, "cp1252", "utf-8"), HEADER + "utf-8", None, "detector", id="utf-8-by-label"),
        pytest.param(html(GERMAN, "cp1252", "iso-8859-1"), None, "cp1252", "meta", id="latin-1"),
        pytest.param(html(JAPANESE, "shift_jis", "Shift_JIS"), None, "cp932", "meta", id="shift-jis"),
        pytest.param(html(JAPANESE, "euc_jp", "euc-jp"), None, "euc_jp", "meta", id="euc-jp"),
        pytest.param(html(JAPANESE, "iso2022_jp", "iso-2022-jp"), None, "iso2022_jp", "meta", id="iso-2022-jp"),
        pytest.param(html(RUSSIAN, "cp1251"), None, None, "detector", id="no-label"),
        pytest.param(html(RUSSIAN, "cp1251", "no-such"), HEADER + "iso-utf-8", None, "detector", id="unknown"),
        pytest.param(html("plain", declared="utf-16"), None, "utf-8", "default", id="no-utf-16"),
    ],
)  # fmt: skip
def test_the_encoding_that_decodes_the_bytes_wins_and_who_said_so_is_kept(
    body: bytes, content_type: str | None, charset: str | None, source: str
) -> None:
    decoded = decode(body, content_type)

    assert decoded.source == source
    if charset:
        assert decoded.charset == charset
    assert any(text in decoded.text for text in (GERMAN, RUSSIAN, JAPANESE, "plain"))


def test_a_page_cut_in_the_middle_of_a_character_is_still_in_its_encoding() -> None:
    cut = html(RUSSIAN * 3, declared="utf-8").split("довольны".encode())[0] + "д".encode()[:1]
    assert decode(cut).charset == "utf-8"
    assert RUSSIAN[:30] in decode(cut).text


@given(st.binary(max_size=400), st.sampled_from([None, "text/html; charset=utf-8", "text/html; charset=gb2312"]))
def test_any_bytes_become_text(body: bytes, content_type: str | None) -> None:
    decoded = decode(body, content_type)
    assert decoded.source in {"bom", "header", "meta", "detector", "default"}
    decoded.text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "<?xml version='1.0'?>"])
def test_a_page_without_an_element_is_none(text: str) -> None:
    assert parse(decode(text.encode()), "http://gazette.test/") is None


@pytest.mark.parametrize(
    "start",
    [
        '<?xml version="1.0" encoding="iso-8859-1"?>',
        "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/xhtml1'>",
        "<!-- printed by hand -->",
        "\x00\x0b\ufffe",
    ],
)
def test_what_stands_before_the_page_does_not_spoil_it(start: str) -> None:
    page = parse(decode((start + html(GERMAN).decode()).encode()), "http://gazette.test/")
    assert page is not None
    assert page.tree.findtext(".//p") == GERMAN


def test_elements_nested_deeper_than_the_parser_of_the_libraries_allows_are_kept() -> None:
    deep = "<div>" * 1000 + "<p>at the bottom</p>" + "</div>" * 1000
    page = parse(decode(html(deep)), "http://gazette.test/")
    assert page is not None
    assert page.tree.xpath("string(.//p/text()[contains(., 'bottom')])") == "at the bottom"


def opened(body: str) -> Element:
    page = parse(decode(html(body)), "http://gazette.test/")
    assert page is not None
    return page.tree


@pytest.mark.parametrize(
    ("start", "end"),
    [("<table><tr><td>", "</td></tr></table>"), ("<ul><li>", "</li></ul>"), ("<blockquote>", "</blockquote>")],
)
def test_what_is_nested_beyond_any_sense_becomes_plain_blocks_and_keeps_its_text(start: str, end: str) -> None:
    tree = opened("top" + start * 300 + f"<p>{GERMAN}</p>" + end * 300)
    before, said = len(list(tree.iter())), "".join(tree.itertext())

    flatten(tree)

    assert len(list(tree.iter())) == before
    assert "".join(tree.itertext()) == said
    deepest = next(tree.iter("p")).iterancestors()
    assert sum(element.tag not in ("div", "p", "body", "html") for element in deepest) <= 60


def test_lists_and_tables_as_people_nest_them_stay_what_they_are() -> None:
    tree = opened("<div>" * 200 + "<table><tr><td><ul><li><ol><li>x</ol></ul></table>" * 50 + "</div>" * 200)
    before = [element.tag for element in tree.iter()]
    flatten(tree)
    assert [element.tag for element in tree.iter()] == before


def test_a_page_is_too_deep_where_other_parsers_lose_its_end() -> None:
    assert [is_too_deep(depth) for depth in (1, 254, 255, 2000)] == [False, False, True, True]


def test_what_is_no_text_goes_and_what_stands_after_it_stays() -> None:
    tree = opened(
        "one <style>p {}</style>two <script>x()</script>three <iframe src='/x'></iframe>four <svg><text>y</text></svg>"
        "<ruby>橋<rp>(</rp><rt>はし</rt><rp>)</rp></ruby><script type='application/ld+json'>{}</script>"
    )
    drop_code(tree)
    assert "".join(tree.find("body").itertext()) == "one two three four 橋{}"


def test_one_doctype_goes_and_what_stands_around_it_stays() -> None:
    page = parse(
        decode(b"<!-- a --><!DOCTYPE html PUBLIC '-//x'><p>one</p><p>&lt;!doctype two&gt;</p>"), "http://h.test/"
    )
    assert page is not None
    assert page.tree.text_content() == "one<!doctype two>"


def test_the_detector_sees_what_stands_around_foreign_letters() -> None:
    body = b"<html>" + b"<i>plain words</i>" * 2_000 + b"<p>" + RUSSIAN.encode("cp1251") + b"</p>"
    assert RUSSIAN in decode(body).text


# Pages that stop in the middle ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("<html><body><article><p>The mill</p></article></body></html>", False),
        ("<html><body><article><p>The mi", True),
        ("<html lang=en><body><MAIN><p>The mi", True),
        ("<html><body><div><div><p>The mi", True),
        ("<html><body><div><p>a slip of the template</p>", False),
        ("<html lang=en><body><div><p>minified<p>without ends</div>", False),
        ("<html><body><div><div><p>left open, and yet whole</p></BODY>", False),
        ("<p>a piece of a page", False),
        ("no page", False),
        ("", False),
    ],
)
def test_a_page_that_closes_nothing_was_cut_short(text: str, cut: bool) -> None:  # noqa: FBT001 - a case
    assert is_cut_short(text) is cut
