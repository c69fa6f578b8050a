"""cuttings.toml: what can be left out, what is refused, and in which words."""

from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.config import toml
from archive.config.toml import Config, load, load_rules, nearest, parse, source_of
from archive.errors import ConfigError, UsageError
from archive.model import durations
from archive.model.outcome import Outcome
from archive.model.source import Fixture, SiteRules, Source

FILE = Path("cuttings.toml")
PROJECT = '[project]\nuser_agent = "Gazette study (+https://lab.university.edu/gazette)"\n'
BBC = PROJECT + '[[source]]\nid = "bbc"\nurl = "https://www.bbc.co.uk/"\n'


def only_source(text: str) -> Source:
    (source,) = parse(text, FILE).sources
    return source


def message(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text, FILE)
    return str(caught.value)


# ---- What can be left out --------------------------------------------------------------------------------------------


def test_a_source_needs_its_address_alone() -> None:
    source = only_source(PROJECT + '[[source]]\nurl = "https://www.bbc.co.uk"')
    assert source == Source(id="bbc.co.uk", url="https://www.bbc.co.uk/", name="www.bbc.co.uk")


def test_a_project_needs_a_user_agent_alone(tmp_path: Path) -> None:
    path = tmp_path / "cuttings.toml"
    assert parse(PROJECT, path) == Config(
        path=path,
        archive=tmp_path / "cuttings.db",
        user_agent="Gazette study (+https://lab.university.edu/gazette)",
    )


def test_the_archive_stands_relative_to_the_file(tmp_path: Path) -> None:
    made = parse(PROJECT + 'archive = "data/news.db"', tmp_path / "cuttings.toml")
    assert made.archive == tmp_path / "data" / "news.db"


def test_an_absolute_archive_stays_where_it_is(tmp_path: Path) -> None:
    assert parse(PROJECT + 'archive = "/srv/news.db"', tmp_path / "cuttings.toml").archive == Path("/srv/news.db")


def test_every_key_of_a_source_is_read() -> None:
    source = only_source(
        PROJECT
        + """
        [[source]]
        id = "gazette"
        name = "The  Gazette"
        url = "https://Gazette.test/en/"
        feeds = ["/feed.xml", "more.xml", "https://feeds.test/g"]
        sitemaps = "/sitemap.xml"
        sections = ["world/"]
        urls = "/list.txt"
        links = "h2 a"
        include = ["/20[0-9]{2}/"]
        exclude = ["/video/"]
        autodiscover = false
        delay = "1m30s"
        language = "PT-BR"
        min_words = 0
        enabled = false
        [source.extract]
        body = "div.story"
        remove = ["div.promo", "aside"]
        keep = "div.factbox"
        captions = "p.cutline"
        """
    )
    assert source == Source(
        id="gazette",
        name="The Gazette",
        url="https://gazette.test/en/",
        feeds=("https://gazette.test/feed.xml", "https://gazette.test/en/more.xml", "https://feeds.test/g"),
        sitemaps=("https://gazette.test/sitemap.xml",),
        sections=("https://gazette.test/en/world/",),
        urls=("https://gazette.test/list.txt",),
        links=("h2 a",),
        include=("/20[0-9]{2}/",),
        exclude=("/video/",),
        autodiscover=False,
        delay=90.0,
        language="pt-BR",
        min_words=0,
        enabled=False,
        rules=(
            SiteRules(
                body=("div.story",),
                remove=("div.promo", "aside"),
                keep=("div.factbox",),
                captions=("p.cutline",),
            ),
        ),
    )


def test_every_key_of_the_project_is_read() -> None:
    made = parse(PROJECT + 'proxy = "http://127.0.0.1:3128/"\nworkers = 3', FILE)
    assert (made.proxy, made.workers) == ("http://127.0.0.1:3128", 3)


def test_private_hosts_are_named_one_by_one_for_the_project_or_with_a_source() -> None:
    made = parse(
        PROJECT
        + """
        allow_private = ["News.Test", "127.0.0.1:8080", "[::1]", "desk.internal:80"]
        [[source]]
        url = "http://wire.internal/"
        allow_private = "wire.internal"
        verify_tls = false
        budget = 300
        """,
        FILE,
    )
    assert made.private_hosts == {"news.test", "127.0.0.1:8080", "[::1]", "desk.internal:80", "wire.internal"}
    assert (made.sources[0].verify_tls, made.sources[0].budget) == (False, 300)


@pytest.mark.parametrize(
    "value", ["*", "*.test", "10.0.0.0/8", "http://news.test", "news.test/feed", "a b", "u@h.test", ""]
)
def test_private_hosts_are_no_blanket_permission(value: str) -> None:
    said = message(PROJECT + f'allow_private = ["{value}"]')
    assert "[project] allow_private: " in said
    assert 'is not a host; name each one, as in "news.test"' in said or "is empty" in said


def test_a_source_takes_from_the_defaults_what_it_does_not_say() -> None:
    source = only_source(
        PROJECT
        + """
        [defaults]
        delay = "5s"
        exclude = ["/a/"]
        extract = { body = "main", remove = "aside" }
        [[source]]
        url = "https://gazette.test/"
        exclude = ["/b/"]
        extract = { remove = "nav" }
        """
    )
    assert source.delay == 5.0
    assert source.exclude == ("/b/",)
    assert source.rules == (SiteRules(body=("main",), remove=("nav",)),)


def test_rules_may_follow_upon_each_other() -> None:
    source = only_source(
        PROJECT
        + """
        [defaults.extract]
        remove = "aside"
        [[source]]
        url = "https://gazette.test/"
        [[source.extract]]
        until = 2020-01-01
        body = "td"
        remove = "font"
        [[source.extract]]
        until = 2026-03-01
        body = "div#content"
        [[source.extract]]
        captions = "p.cutline"
        """
    )
    assert source.rules == (
        SiteRules(body=("td",), remove=("font",), until=date(2020, 1, 1)),
        SiteRules(body=("div#content",), remove=("aside",), until=date(2026, 3, 1)),
        SiteRules(captions=("p.cutline",), remove=("aside",)),
    )
    assert source.rules_on(datetime(2026, 2, 28, tzinfo=UTC)) is source.rules[1]
    assert source.rules_on(datetime(2026, 3, 1, tzinfo=UTC)) is source.rules[2]


def test_a_source_without_rules_of_its_own_has_those_of_the_defaults_or_none() -> None:
    url = '[[source]]\nurl = "https://gazette.test/"\n'
    assert only_source(PROJECT + '[defaults.extract]\nbody = "main"\n' + url).rules == (SiteRules(body=("main",)),)
    assert only_source(PROJECT + url).rules == only_source(PROJECT + url + "extract = {}").rules == ()


def test_every_key_of_a_fixture_is_read(tmp_path: Path) -> None:
    text = (
        BBC
        + """
        [[source.fixture]]
        url = "/news/1?utm_source=x"
        html = "pages/1.html"
        fetched = 2026-02-11
        contains = ["The harbour  opened", "Seven boats"]
        excludes = "Sign up"
        title = "The harbour is open"
        authors = ["Jane Doe", "John Roe"]
        published = 2026-02-10
        outcome = "saved"
        [[source.fixture]]
        url = "https://news.bbc.co.uk/2"
        authors = []
        """
    )
    (source,) = parse(text, tmp_path / "cuttings.toml").sources
    assert source.fixtures == (
        Fixture(
            url="https://www.bbc.co.uk/news/1",
            html=tmp_path / "pages" / "1.html",
            fetched=date(2026, 2, 11),
            contains=("The harbour  opened", "Seven boats"),
            excludes=("Sign up",),
            title="The harbour is open",
            authors=("Jane Doe", "John Roe"),
            published=date(2026, 2, 10),
            outcome=Outcome.SAVED,
        ),
        Fixture(url="https://news.bbc.co.uk/2", authors=()),
    )


def test_tracking_parameters_of_a_source_are_not_kept() -> None:
    assert only_source(PROJECT + '[[source]]\nurl = "https://a.test/?utm_source=x"').url == "https://a.test/"


def test_a_file_without_sources_is_good() -> None:
    assert parse(PROJECT, FILE).sources == ()


def test_the_order_of_sources_is_that_of_the_file() -> None:
    text = PROJECT + "".join(f'[[source]]\nurl = "https://{name}.test/"\n' for name in "cab")
    assert [source.id for source in parse(text, FILE).sources] == ["c.test", "a.test", "b.test"]


# ---- What is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('delay = "-1s"', 'delay: "-1s" is below 0'),
        ("delay = 2", 'delay: 2 has no unit; write "2s" for seconds'),
        ("delay = 0.5", 'delay: 0.5 has no unit; write "0.5s" for seconds'),
        ('delay = "2"', 'delay: "2" has no unit; write "2s" for seconds'),
        ("delay = true", "delay: true is not text; put it in quotes"),
        ('delay = "soon"', 'delay: "soon" is not a length of time such as "2s", "15m", "1h30m" or "7d"'),
        ('delay = "99999d"', 'delay: "99999d" is longer than ten years'),
        ('feed = "/x"', 'unknown key "feed"; did you mean "feeds"?'),
        ("workers = 2", 'unknown key "workers"; it belongs under [project]'),
        ('body = "x"', 'unknown key "body"; it belongs under [source.extract]'),
        ('feeds = ["javascript:x"]', 'feeds: "javascript:x" is not an http or https address'),
        ("feeds = [1]", "feeds: 1 is not text; write a list of texts, each in quotes"),
        ('feeds = [["/a"]]', "feeds: a list is not text; write a list of texts, each in quotes"),
        ('sitemaps = ""', 'sitemaps: "" is empty; leave the key out instead'),
        ('include = "(["', 'include: "([" is not a regular expression: unterminated character set at position 1'),
        ('exclude = "[[a]"', 'exclude: "[[a]" is not a regular expression: Possible nested set at position 1'),
        ('links = "a:["', "links: \"a:[\" is not a CSS selector: Expected ident, got <DELIM '[' at 2>"),
        ('links = "ns|a"', 'links: "ns|a" is not a CSS selector: Undefined namespace prefix'),
        ("links = []", 'links: the list is empty; leave the key out for every link ("a[href]")'),
        ("enabled = 1", "enabled: 1 is neither true nor false (without quotes)"),
        ('autodiscover = "no"', 'autodiscover: "no" is neither true nor false (without quotes)'),
        ("min_words = true", "min_words: true is not a whole number (without quotes)"),
        ("min_words = 2.5", "min_words: 2.5 is not a whole number (without quotes)"),
        ("min_words = -1", "min_words: -1 is below 0"),
        ("min_words = 10000000", "min_words: 10000000 is above 1,000,000"),
        ('language = "de_DE"', 'language: "de_DE" is not a language tag such as "en" or "pt-BR"'),
        ('name = "a\\nb"', 'name: "a b" has more than one line'),
        ('name = "a\\u0000b"', 'name: "ab" holds a control character'),
        ('[source.extract]\nbdy = "x"', 'extract: unknown key "bdy"; did you mean "body"?'),
        ('[source.extract]\nbody = "::"', 'extract: body: "::" is not a CSS selector: Expected ident, got <EOF at 2>'),
        ("extract = 3", "extract is not a table; write [source.extract] and its keys below"),
        ("extract = [3]", "extract is not a table; write [source.extract] and its keys below"),
        (
            '[source.extract]\nuntil = "2026-03-01"',
            'extract: until: "2026-03-01" is not a day; write one as',
        ),
        ("[source.extract]\nuntil = 2026-03-01T10:00:00Z", "extract: until: 2026-03-01 10:00:00+00:00 is not a day"),
        ("until = 2026-03-01", 'unknown key "until"; it belongs under [source.extract]'),
        (
            '[[source.extract]]\nbody = "a"\n[[source.extract]]\nbody = "b"',
            "extract number 2: never holds; each [[source.extract]] but the last needs an until, the earliest first",
        ),
        (
            "[[source.extract]]\nuntil = 2026-03-01\n[[source.extract]]\nuntil = 2026-02-01",
            "number 2: never holds",
        ),
        (
            '[[source.extract]]\nuntil = 2026-03-01\n[[source.extract]]\nbdy = "x"',
            'number 2: unknown key "bdy"',
        ),
        ("fixture = 3", "fixture is not a list of tables; write [[source.fixture]] above each"),
        ('[source.fixture]\nurl = "/1"', "fixture is not a list of tables; write [[source.fixture]] above each"),
        ('[[source.fixture]]\ncontains = "x"', "fixture number 1: url is missing; put the address of the page there"),
        ('[[source.fixture]]\nurl = "/1"', 'fixture "/1": expects nothing; say what the text contains or excludes'),
        (
            '[[source.fixture]]\nurl = "/1"\ncontians = "x"',
            'fixture "/1": unknown key "contians"; did you mean',
        ),
        (
            '[[source.fixture]]\nurl = "ftp://a/"\ntitle = "x"',
            'fixture: url: "ftp://a/" is not an http',
        ),
        ('[[source.fixture]]\nurl = "/1"\ncontains = [""]', 'fixture "/1": contains: "" is empty; leave the key out'),
        ('[[source.fixture]]\nurl = "/1"\npublished = 3', 'fixture "/1": published: 3 is not a day'),
        (
            '[[source.fixture]]\nurl = "/1"\noutcome = "safed"',
            'fixture "/1": outcome: "safed" is not an outcome of extraction; did you mean "saved"?',
        ),
        ('[[source.fixture]]\nurl = "/1"\noutcome = "dns"', "known are saved, not_article, too_short, not_html"),
    ],
)
def test_a_wrong_key_of_a_source_is_named_with_its_place(line: str, complaint: str) -> None:
    said = message(BBC + line)
    assert said.startswith('cuttings.toml: [[source]] "bbc": ')
    assert complaint in said


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ('"ftp://bbc.co.uk/"', '"ftp://bbc.co.uk/" is not an http or https address'),
        ('"bbc.co.uk"', '"bbc.co.uk" is not an http or https address'),
        ('"https:///news"', '"https:///news" has no host'),
        ('"http://[bad"', '"http://[bad" cannot be read as an address'),
        ('"https://me:pw@bbc.co.uk/"', '"https://me:pw@bbc.co.uk/" names a user or a password'),
        ("3", "3 is not text; put it in quotes"),
    ],
)
def test_a_wrong_address_says_what_is_wrong_with_it(address: str, complaint: str) -> None:
    assert f"url: {complaint}" in message(PROJECT + f"[[source]]\nurl = {address}")


@pytest.mark.parametrize("bad_id", ["BBC", "b b", "-bbc", "b/c", "\u00e9", "a" * 65])
def test_an_id_has_only_what_a_file_name_may_have(bad_id: str) -> None:
    assert "is not an id" in message(PROJECT + f'[[source]]\nid = "{bad_id}"\nurl = "https://a.test/"')


def test_a_source_without_an_address_is_named_by_its_number() -> None:
    text = BBC + '[[source]]\nname = "Two"'
    assert message(text).startswith("cuttings.toml: [[source]] number 2: url is missing")


def test_two_sources_on_one_host_need_ids() -> None:
    text = PROJECT + '[[source]]\nurl = "https://a.test/x"\n[[source]]\nurl = "https://www.a.test/y"'
    assert message(text) == (
        'cuttings.toml: [[source]] "a.test": id is the same for https://www.a.test/y and https://a.test/x; '
        "give one of them another id"
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is empty; `cuttings init` writes a file to start from"),
        (" \n", "is empty; `cuttings init` writes a file to start from"),
        ("[project\n", "is not TOML: Expected ']' at the end of a table declaration (at line 1, column 9)"),
        ("a = 1\nb =\n", "is not TOML: Invalid value (at line 2, column 4)"),
        ("a = " + "[" * 5_000, "is nested too deeply"),
        ("a = " + "9" * 5_000, "is not TOML: "),
        ('user_agent = "x"', 'unknown table "user_agent"; it belongs under [project]'),
        ("[sources]", 'unknown table "sources"; did you mean "source"?'),
        ("[zebra]", 'unknown table "zebra"; known are project, defaults, alerts, source'),
        ("project = 3", "[project] is not a table"),
        (PROJECT + "[defaults]\nurl = 'x'", '[defaults] unknown key "url"; it belongs under [[source]]'),
        (PROJECT + "[defaults]\nfeeds = ['/x']", '[defaults] unknown key "feeds"; it belongs under [[source]]'),
        (PROJECT + "[defaults.extract]\nuntil = 2026-03-01", '[defaults] extract: unknown key "until"'),
        (PROJECT + "[defaults]\nextract = [{}]", "[defaults] extract is not a table; write [defaults.extract]"),
        (PROJECT + '[defaults]\ndelay = "5x"', '[defaults] delay: "5x" is not a length of time'),
        (PROJECT + '[source]\nurl = "https://a.test/"', "[source] is not a list of tables; write [[source]]"),
        ("source = [1]\n" + PROJECT, "[source] is not a list of tables; write [[source]]"),
        (PROJECT + "workers = 0", "[project] workers: 0 is below 1"),
        (
            PROJECT + "[defaults]\nverify_tls = false",
            '[defaults] unknown key "verify_tls"; it belongs under [[source]]',
        ),
        (PROJECT + "[defaults]\nbudget = 0", "[defaults] budget: 0 is below 1"),
        (PROJECT + "archive = 3", "[project] archive: 3 is not text"),
        (PROJECT + 'proxy = "socks5://127.0.0.1:1"', 'is not a proxy; write "http://HOST:PORT"'),
        (PROJECT + 'proxy = "http://127.0.0.1"', 'is not a proxy; write "http://HOST:PORT"'),
        (PROJECT + 'proxy = "http://127.0.0.1:x"', 'is not a proxy; write "http://HOST:PORT"'),
        ("[project]", "[project] user_agent is missing; name your project and a contact"),
        ('[[source]]\nurl = "https://a.test/"', "[project] user_agent is missing; name your project and a contact"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(text: str, complaint: str) -> None:
    said = message(text)
    assert said.startswith("cuttings.toml: ")
    assert complaint in said
    assert "\n" not in said


# ---- The contact -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "contact",
    [
        "you@example.org",
        "me@EXAMPLE.com",
        "https://www.example.net/bot",
        "https://gazette.example/",
        "you@university.edu",
        "your-name@university.edu",
        "https://your-site.org/bot",
        "https://www.your-domain.com/",
    ],
)
def test_the_contact_of_a_template_is_refused(contact: str) -> None:
    said = message(f'[project]\nuser_agent = "Study ({contact})"')
    assert said == (
        "cuttings.toml: [project] user_agent still has the template's contact; put your own address or page there"
    )


@pytest.mark.parametrize(
    "contact",
    ["a.b@lab.university.edu", "+https://lab.university.edu/x", "mailto:desk@gazette.news", "http://127.0.0.1:8000/"],
)
def test_a_real_contact_is_accepted(contact: str) -> None:
    assert contact in parse(f'[project]\nuser_agent = "Study ({contact})"', FILE).user_agent


@pytest.mark.parametrize("agent", ["Mozilla/5.0", "Study", "Study (@here)", "Study (https://)", "a @ b.org"])
def test_a_user_agent_without_contact_is_refused(agent: str) -> None:
    assert "names no contact" in message(f'[project]\nuser_agent = "{agent}"')


@pytest.mark.parametrize("agent", ["Study\\nX: y (a@b.org)", "\u00c9tude (a@b.org)", "Study\\u0000 (a@b.org)"])
def test_a_user_agent_that_no_header_can_carry_is_refused(agent: str) -> None:
    message(f'[project]\nuser_agent = "{agent}"')


def test_the_template_is_refused_until_its_contact_is_edited() -> None:
    assert "still has the template's contact" in message(toml.TEMPLATE)
    edited = toml.TEMPLATE.replace("you@example.org", "desk@gazette.news")
    assert parse(edited, FILE).sources == ()


def test_everything_that_the_template_shows_is_good_once_it_is_uncommented() -> None:
    edited = toml.TEMPLATE.replace("you@example.org", "desk@gazette.news")
    lines = [line.removeprefix("# ") for line in edited.splitlines()]
    shown = [line for line in lines if line.startswith("[") or (" = " in line and not line.startswith("#"))]
    made = parse("\n".join(shown), FILE)
    assert [source.id for source in made.sources] == ["example.org", "gazette", "herald"]
    assert made.workers == 4
    assert made.sources[1].rules[0].captions == ("p.cutline",)
    assert [rules.body for rules in made.sources[2].rules] == [("div#content",), ("main",)]
    assert made.sources[2].fixtures[0].html == Path("pages/harbour.html").absolute()


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ('was = "bbc"', "is still the id of a source in this file"),
        ('was = "herald"', "is still the id of a source in this file"),
        ('was = "old"', 'is named by "herald" too'),
        ('was = "Old Paper"', "is not an id"),
    ],
)
def test_an_id_that_a_source_was_is_of_no_source_of_the_file_and_of_one_alone(second: str, said: str) -> None:
    text = f"""
        {BBC}
        [[source]]
        id = "herald"
        url = "https://herald.test/"
        was = "old"
        [[source]]
        id = "post"
        url = "https://post.test/"
        {second}
        """
    assert said in message(text)


# ---- Files -----------------------------------------------------------------------------------------------------------


def test_a_file_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "cuttings.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BBC.replace("\n", "\r\n").encode())
    assert load(path).sources[0].id == "bbc"
    assert load(path).path == path


def test_a_missing_file_suggests_init(tmp_path: Path) -> None:
    path = tmp_path / "cuttings.toml"
    with pytest.raises(ConfigError, match="there is no such file; `cuttings init` writes one"):
        load(path)


def test_a_folder_in_the_place_of_the_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_a_file_that_is_not_utf_8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "cuttings.toml"
    path.write_bytes(b"# one\n# caf\xe9\n")
    with pytest.raises(ConfigError, match=r"is not UTF-8 text \(line 2\)"):
        load(path)


def test_a_config_error_is_a_usage_error_with_its_exit_code() -> None:
    assert issubclass(ConfigError, UsageError)
    assert ConfigError("x").exit_code == 2


# ---- Rules for one page ----------------------------------------------------------------------------------------------


def rules_in(path: Path, text: str, url: str = "https://www.bbc.co.uk/news/1") -> tuple[SiteRules, ...]:
    path.write_text(text, encoding="utf-8")
    return load_rules(path, url)


def test_rules_stand_in_a_file_of_their_own_or_with_the_source_of_the_host(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    assert rules_in(path, '[extract]\nbody = "main"') == (SiteRules(body=("main",)),)
    assert rules_in(path, '[[extract]]\nuntil = 2026-03-01\n[[extract]]\nbody = "main"') == (
        SiteRules(until=date(2026, 3, 1)),
        SiteRules(body=("main",)),
    )
    assert rules_in(path, BBC + 'extract = { body = "main" }') == (SiteRules(body=("main",)),)
    assert rules_in(path, BBC + 'extract = { body = "main" }', "https://m.bbc.co.uk/1") == (SiteRules(body=("main",)),)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[extract]\nbdy = "main"', 'rules.toml: [extract]: unknown key "bdy"; did you mean "body"?'),
        ("extract = 3", "rules.toml: [extract] is not a table"),
        ('[extract]\nbody = "main"\n[sauce]', 'rules.toml: unknown table "sauce"'),
        (
            BBC.replace("bbc", "cbc"),
            'has no source of "www.bbc.co.uk" and no [extract] table; add one of them',
        ),
        ("[extract", "rules.toml: is not TOML"),
        ("", "rules.toml: is empty"),
    ],
)
def test_a_file_without_rules_for_the_page_says_so(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rules_in(tmp_path / "rules.toml", text)
    assert complaint in str(caught.value)


def test_a_page_belongs_to_the_source_of_its_host_before_another_of_its_site() -> None:
    settings = parse(BBC + '[[source]]\nid = "mobile"\nurl = "https://m.bbc.co.uk/"', FILE)
    assert [source.id for url in ("https://www.bbc.co.uk/1", "https://m.bbc.co.uk/1", "https://amp.bbc.co.uk/1")
            if (source := source_of(settings, url))] == ["bbc", "mobile", "bbc"]  # fmt: skip
    assert source_of(settings, "https://nbc.test/") is None


# ---- Properties ------------------------------------------------------------------------------------------------------

_LINES = st.sampled_from(
    [line for line in toml.TEMPLATE.replace("you@example.org", "a@b.net").splitlines() if line]
    + [
        "[[source]]",
        "[source.extract]",
        'url = "https://a.test/"',
        "x = [[[",
        "delay = -1",
        '"" = 1',
        "a.b = 2",
        "[[project]]",
        "[[source.extract]]",
        "until = 2026-03-01",
        "[[source.fixture]]",
        'contains = "x"',
    ]
)
_VALUES = st.one_of(
    st.text(max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.just("1979-05-27"),
    st.just("[[1]]"),
    st.just("{}"),
).map(lambda value: repr(value) if isinstance(value, str) else str(value).lower())
_KEYS = st.sampled_from(
    ["id", "url", "feeds", "links", "include", "delay", "min_words", "extract", "language", "name", "nope", "fixture"]
)


@given(st.lists(st.one_of(_LINES, st.tuples(_KEYS, _VALUES).map(" = ".join)), max_size=12).map("\n".join))
@example("[project]\nuser_agent = 1979-05-27")
@example(PROJECT + '[[source]]\nurl = "https://a.test/"\ninclude = "(?i"')
@settings(deadline=None)
def test_lines_in_any_order_make_a_config_or_a_config_error(text: str) -> None:
    for whole in (text, BBC + text):
        with suppress(ConfigError):
            assert isinstance(parse(whole, FILE), Config)


@given(st.text())
@settings(deadline=None)
def test_any_text_makes_a_config_error(text: str) -> None:
    assert "\n" not in message(text)


@given(
    st.text(alphabet="()[]{}*+?|\\^$.aP<>=:!-&~#,0", max_size=12), st.sampled_from(["include", "links", "url", "feeds"])
)
@settings(deadline=None)
def test_any_pattern_or_selector_is_usable_or_refused(value: str, key: str) -> None:
    with suppress(ConfigError):
        parse(
            BBC.replace("id =", f"{key} = '''{value}'''\nid =")
            if key != "url"
            else BBC.replace("www.bbc.co.uk", value),
            FILE,
        )


# ---- Durations and near words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0s", 0.0), ("200ms", 0.2), ("2s", 2.0), ("1.5s", 1.5), ("15m", 900.0), ("1h", 3_600.0), ("1h30m", 5_400.0),
        ("7d", 604_800.0), ("1w", 604_800.0), (" 1 H 30 M ", 5_400.0),
    ],
)  # fmt: skip
def test_a_duration_is_text_with_units(text: str, length: float) -> None:
    assert durations.seconds(text) == pytest.approx(length)


@pytest.mark.parametrize(
    "text", ["", "s", "1", "1y", "-5m", "1h-3m", "5m!", "\u0661s", "1e3s", "nan", "inf", "9" * 400 + "s"]
)
def test_other_text_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|has) "):
        durations.seconds(text)


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("feed", ["feeds", "name"], "feeds"),
        ("BCC", ["bbc", "cnn"], "bbc"),
        ("gazete", ["The-Gazette", "Gazette"], "Gazette"),
        ("zebra", ["bbc", "cnn"], None),
        ("x" * 10_000, ["x"], None),
        ("", ["x"], None),
    ],
)
def test_the_nearest_word_is_what_was_probably_meant(word: str, known: list[str], near: str | None) -> None:
    assert nearest(word, known) == near
