"""`cuttings add` of many sites: hosts side by side, an end at any moment, lists of sites, and sums that add up."""

import json
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock
from typing import Any, Final

import pytest

from archive.demo.newspaper import Response
from tests.newsroom import environment
from tests.robustness.faults.press import Office, Press, office

pytestmark = pytest.mark.timeout(180)

SUM: Final = re.compile(
    r"^(\d+) given = (\d+) added, (?:(\d+) found but not added, )?(\d+) already there, (\d+) refused, "
    r"(\d+) not examined$",
    re.MULTILINE,
)
HOME: Final = (
    "<html><head><title>{host}</title><link rel=alternate type='application/rss+xml' href='/feed.xml'></head>"
    "<body><h1>{host}</h1></body></html>"
)
SHELL: Final = "<html><body><div id=app></div></body></html>"


def answer(body: str = "", status: int = 200, *headers: tuple[str, str]) -> Response:
    sent = body.encode()
    told = (("Content-Type", "text/html"), ("Content-Length", str(len(sent))), *headers)
    return Response(status=status, headers=told, body=sent)


def host_of(url: str) -> str:
    return url.split("/")[2]


def place_of(url: str) -> int:
    return int(host_of(url).removeprefix("outlet-").removesuffix(".press.test"))


@contextmanager
def desk(folder: Path, outlets: int, special: Callable[[str], Response | None]) -> Iterator[Office]:
    """An office without a source. `special` may answer in place of an outlet; a front page names the feed."""
    press = Press(outlets=outlets)
    press.publish(4 * outlets)

    def on_request(url: str) -> Response | None:
        found = special(url)
        at_home = url == f"http://{host_of(url)}/"
        return answer(HOME.format(host=host_of(url))) if found is None and at_home else found

    press.on_request = on_request
    with office(folder, press) as room:
        path = folder / "cuttings.toml"
        path.write_text(path.read_text().split("[[source]]")[0].replace("autodiscover = false\n", ""))
        yield room


def homes(room: Office) -> list[str]:
    return [f"http://{host}/" for host in room.press.hosts]


def sources(room: Office) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((room.folder / "cuttings.toml").read_text()).get("source", [])
    return found


def sums(said: str) -> tuple[int, ...]:
    """Given, added, found, already there, refused, not examined; as they are said, and adding up."""
    match = SUM.search(said)
    assert match, said
    given, *parts = (int(each or 0) for each in match.groups())
    assert given == sum(parts), said
    return (given, *parts)


# ---- Interrupted -----------------------------------------------------------------------------------------------------


@contextmanager
def half_done(folder: Path, *arguments: str) -> Iterator[tuple[Office, "subprocess.Popen[str]", list[str]]]:
    """`add` of six sites of which two are done, and four hold their answer back. Last: what it said."""
    ended = Event()

    def special(url: str) -> Response | None:
        if place_of(url) not in {1, 3} and not url.endswith("/robots.txt"):
            ended.wait(150)
        return None

    with desk(folder, 6, special) as room:
        process = room.begin("add", *arguments, *homes(room))
        said: list[str] = []
        assert process.stdout
        for line in process.stdout:
            said.append(line)
            if line == "2 of 6 sites examined\n":
                break
        try:
            yield room, process, said
        finally:
            process.kill()
            process.wait()
            ended.set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_was_done_by_the_end_is_added_and_the_rest_named(tmp_path: Path, number: signal.Signals) -> None:
    with half_done(tmp_path, "--yes") as (room, process, said):
        process.send_signal(number)
        rest, _ = process.communicate(timeout=60)
        told = "".join(said) + rest

        assert process.returncode == 130, told
        assert sums(told) == (6, 2, 0, 0, 0, 4)
        assert "Added to cuttings.toml:\n  http://outlet-1.press.test/ http://outlet-3.press.test/\n" in told
        assert (
            re.sub(r"\s+", " ", told).count("/ http://outlet-2.press.test/ http://outlet-4.press.test/ http://o") == 1
        )
        assert told.splitlines()[-1] == "cuttings: interrupted; 4 of 6 sites were not examined"
        assert [source["url"] for source in sources(room)] == [homes(room)[1], homes(room)[3]]
        assert [path.name for path in tmp_path.iterdir()] == ["cuttings.toml"]


def test_an_interrupted_look_without_yes_adds_nothing_and_says_so(tmp_path: Path) -> None:
    with half_done(tmp_path) as (_room, process, _):
        before = (tmp_path / "cuttings.toml").read_bytes()
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=60)

        assert process.returncode == 130, told
        assert sums(told) == (6, 0, 2, 0, 0, 4)
        assert told.splitlines()[-1] == "cuttings: interrupted; 4 of 6 sites were not examined; nothing was added"
        assert (tmp_path / "cuttings.toml").read_bytes() == before


def test_an_interruption_is_told_to_a_program_too(tmp_path: Path) -> None:
    with half_done(tmp_path, "--yes", "--json") as (_room, process, _):
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=60)

    said = json.loads(next(line for line in told.splitlines() if line.startswith("{")))
    assert process.returncode == 130
    assert said["interrupted"] is True
    assert said["not_looked_at"] == [f"http://outlet-{place}.press.test/" for place in (0, 2, 4, 5)]
    assert said["counts"] == {
        "given": 6, "added": 2, "found": 0, "already_there": 0, "refused": 0, "not_looked_at": 4,
    }  # fmt: skip
    assert [site["url"] for site in said["sites"]] == [source["url"] for source in said["sources"]]


def test_an_end_before_anything_was_asked_names_every_site(tmp_path: Path) -> None:
    script = (
        "import os, signal\nfrom archive.config import toml\nfrom archive.cli import main\nload = toml.load\n"
        "def told(path):\n    os.kill(os.getpid(), signal.SIGTERM)\n    return load(path)\n"
        "toml.load = told\nmain(['add', '--yes', 'http://a.press.test/', 'http://b.press.test/'])\n"
    )
    (tmp_path / "cuttings.toml").write_text('[project]\nuser_agent = "test (+mailto:desk@cuttings.test)"\n')

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=90
    )

    assert done.returncode == 130, done.stderr
    assert "Not examined:\n  http://a.press.test/ http://b.press.test/\n" in done.stderr
    assert sums(done.stdout) == (2, 0, 0, 0, 0, 2)


def test_an_end_while_a_pipe_is_waited_for_names_what_it_has_brought(tmp_path: Path) -> None:
    (tmp_path / "cuttings.toml").write_text('[project]\nuser_agent = "test (+mailto:desk@cuttings.test)"\n')
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-c", PIPED, "add", "--from", "-", "http://a.press.test/"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), **pipes) as process:
        assert process.stdin
        assert process.stderr
        process.stdin.write(b"http://b.press.test/\nhttp://c.press")
        process.stdin.flush()
        assert process.stderr.readline() == b"waits\n"
        process.send_signal(signal.SIGINT)
        said = process.stderr.read().decode()  # the pipe is still open: nothing but the signal ends this

    assert process.returncode == 130
    assert "Not examined:\n  http://a.press.test/ http://b.press.test/\n" in said


PIPED: Final = """
import os, sys
from archive.cli import main
read = os.readv
def told(number, buffers):
    got = read(number, buffers)
    print("waits", file=sys.stderr, flush=True)
    return got
os.readv = told
main(sys.argv[1:])
"""


def test_an_end_while_the_file_is_written_leaves_it_whole_and_is_told(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\nfrom archive.config import edit\nfrom archive.cli import main\n"
        "replace = edit._replace\n"
        "def told(path, text):\n    os.kill(os.getpid(), signal.SIGINT)\n    replace(path, text)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "edit._replace = told\nmain(sys.argv[1:])\n"
    )
    with desk(tmp_path, 1, lambda _url: None) as room:
        done = subprocess.run(
            [sys.executable, "-c", script, "add", "--yes", *homes(room)],
            cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=90,
        )  # fmt: skip

        assert done.returncode == 130, done.stderr
        assert sums(done.stdout) == (1, 1, 0, 0, 0, 0)
        assert done.stderr.splitlines()[-1] == "cuttings: interrupted"
        assert [source["url"] for source in sources(room)] == homes(room)


def test_check_that_is_interrupted_does_not_end_as_if_it_were_done(tmp_path: Path) -> None:
    ended, asked = Event(), Event()

    def special(url: str) -> Response | None:
        if url.endswith("/feed.xml"):
            asked.set()
            ended.wait(150)
        return None

    with desk(tmp_path, 1, special) as room:
        path = tmp_path / "cuttings.toml"
        path.write_text(f'{path.read_text()}\n[[source]]\nurl = "{homes(room)[0]}"\nfeeds = ["/feed.xml"]\n')
        process = room.begin("check")
        assert asked.wait(90)
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=60)
        ended.set()

    assert told.strip() == "cuttings: interrupted"
    assert process.returncode == 130


# ---- Side by side ----------------------------------------------------------------------------------------------------


class Traffic:
    """How many requests each host has at a time. The first of each host waits until all hosts were asked."""

    def __init__(self, hosts: int) -> None:
        self.hosts = hosts
        self.met = Event()
        self.most: dict[str, int] = {}
        self._now: dict[str, int] = {}
        self._lock = Lock()

    def __call__(self, url: str) -> Response | None:
        host = host_of(url)
        with self._lock:
            self._now[host] = self._now.get(host, 0) + 1
            self.most[host] = max(self.most.get(host, 0), self._now[host])
            if len(self.most) == self.hosts:
                self.met.set()
        came = self.met.wait(100)
        with self._lock:
            self._now[host] -= 1
        return None if came else answer(status=500)


def test_hosts_are_asked_side_by_side_and_each_one_thing_at_a_time(tmp_path: Path) -> None:
    traffic = Traffic(4)
    with desk(tmp_path, 4, traffic) as room:
        done = room.run("add", "--yes", *reversed(homes(room)), timeout=150)

        assert done.returncode == 0, done.stderr
        assert traffic.met.is_set()
        assert traffic.most == dict.fromkeys(room.press.hosts, 1)
        assert [source["url"] for source in sources(room)] == homes(room)[::-1]
        titles = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("http")]
        assert titles == homes(room)[::-1]  # in the order given, whichever was done first
        assert "4 of 4 sites examined" in done.stderr


def test_two_sites_of_one_host_are_looked_at_one_after_the_other(tmp_path: Path) -> None:
    def special(url: str) -> Response | None:
        host, path = host_of(url), url.split("/", 3)[3]
        if path in {"ann/", "bob/"}:
            return answer(HOME.format(host=host).replace("/feed.xml", f"/{path}feed.xml"))
        if path.endswith("/feed.xml"):
            items = "".join(f"<item><link>http://{host}/news/{n}</link></item>" for n in (0, 1))
            return answer(f"<rss><channel>{items}</channel></rss>")
        return None

    with desk(tmp_path, 1, special) as room:
        ann, bob = (f"{homes(room)[0]}{name}/" for name in ("ann", "bob"))
        done = room.run("add", "--yes", ann, bob)

        assert done.returncode == 0, done.stderr
        assert [source["url"] for source in sources(room)] == [ann, bob]
        order = [asked.url for asked in room.paper.requests]
        assert order.index(bob) > max(order.index(f"{ann}feed.xml"), order.index(f"{homes(room)[0]}news/1"))


SLOT: Final = """
import json, sys
from spiders.site import fetch_few
from spiders.http.network import Network
hosts = ("outlet-0.press.test", "outlet-1.press.test")
async def talk(ask, render):
    import asyncio, gc
    await asyncio.gather(*(ask(f"http://{host}/news/0") for host in hosts))
    spider = next(each for each in gc.get_objects() if isinstance(each, fetch_few.ConversationSpider))
    slots = spider.crawler.engine.downloader.slots
    print(json.dumps({host: [slots[host].delay, slots[host].jitter, slots[host].concurrency] for host in hosts}))
network = Network(proxy=sys.argv[1], private=frozenset(hosts))
fetch_few.converse(talk, fetch_few.Manners(user_agent="test (+mailto:a@b.net)", network=network, delay=0.25))
"""


def test_delay_is_the_least_time_between_two_requests_and_crawl_delay_makes_it_longer_alone(tmp_path: Path) -> None:
    def special(url: str) -> Response | None:
        wanted = {"outlet-0.press.test": "0.1", "outlet-1.press.test": "0.75"}[host_of(url)]
        return answer(f"User-agent: *\nCrawl-delay: {wanted}\n") if url.endswith("/robots.txt") else None

    with desk(tmp_path, 2, special) as room:
        done = subprocess.run(
            [sys.executable, "-c", SLOT, room.paper.proxy_url], env=environment(), capture_output=True, text=True
        )

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["outlet-0.press.test"][0] >= 0.25
    assert said["outlet-1.press.test"][0] >= 0.75
    assert [slot[1:] for slot in said.values()] == [[0.0, 1], [0.0, 1]]


# ---- Lists of sites --------------------------------------------------------------------------------------------------


def test_a_list_is_read_line_by_line_and_a_bad_line_costs_itself_alone(tmp_path: Path) -> None:
    with desk(tmp_path, 3, lambda _url: None) as room:
        path = tmp_path / "cuttings.toml"
        path.write_text(f'{path.read_text()}\n[[source]]\nid = "nought"\nurl = "{homes(room)[0]}"\n')
        (tmp_path / "sites").write_bytes(
            b"\xef\xbb\xbf# of the coast\r\n\r\n"
            b"http://outlet-1.press.test/  # the harbour's\r\n"
            b"gopher://outlet-1.press.test/\n"
            b"not a site\n"
            b"\xff\xfe\n"
            b"http://outlet-0.press.test/sport\n"
            b"http://outlet-1.press.test\n"
            b"http://outlet-2.press.test/feed.xml"
        )
        done = room.run("add", "--from", "sites", "--yes", "http://outlet-2.press.test/")

        assert done.returncode == 2, done.stderr
        assert sums(done.stdout) == (8, 2, 0, 3, 3, 0)
        assert 'sites: line 4: "gopher://outlet-1.press.test/" is not an http or https address\n' in done.stderr
        assert 'sites: line 5: "not a site" has a space in it; write one URL or host a line\n' in done.stderr
        assert "sites: line 6: " in done.stderr
        assert done.stderr.splitlines()[-1] == "cuttings: 3 lines of the list name no site"
        assert 'sport: already there: "nought" in cuttings.toml reads that site; change it there\n' in done.stdout
        assert "http://outlet-1.press.test/: already there: it is given twice\n" in done.stdout
        assert "feed.xml: already there: one given before it leads to http://outlet-2.press.test/ too\n" in done.stdout
        assert [source["url"] for source in sources(room)][1:] == [homes(room)[2], homes(room)[1]]
        fronts = [asked.url for asked in room.paper.requests if asked.url == homes(room)[1]]
        assert len(fronts) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--from", "empty"), 2, "empty: names no site; write one URL or host a line"),
        (("--from", "none"), 2, "invalid value for '--from': File 'none' does not exist"),
        (("--from", "large"), 2, "large: is larger than 10 MiB, and no list of sites"),
        (("empty",), 2, "empty: is a file; --from reads the sites it names; write https://empty/ for the site"),
        (("--from", "-"), 2, "standard input: names no site"),
    ],
)
def test_what_is_no_list_of_sites_is_said(tmp_path: Path, arguments: tuple[str, ...], code: int, sentence: str) -> None:
    (tmp_path / "cuttings.toml").write_text('[project]\nuser_agent = "test (+mailto:desk@cuttings.test)"\n')
    (tmp_path / "empty").write_text("# nothing\n\n")
    (tmp_path / "large").write_text("#\n" * 6 * 1024 * 1024)

    done = subprocess.run(
        [sys.executable, "-m", "archive.cli", "add", *arguments],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=90,
    )  # fmt: skip

    assert done.returncode == code, done.stderr
    assert done.stderr.startswith(f"cuttings: {sentence}")


# ---- What is refused, and what can be forced -------------------------------------------------------------------------


def shy(url: str) -> Response | None:
    """Seven outlets, each with something of its own against being added."""
    host, path = host_of(url), "/" + url.split("/", 3)[3]
    place = place_of(url)
    robots = {2: "User-agent: *\nDisallow: /\n", 3: "User-agent: *\nDisallow: /news/\nDisallow: /feed.xml\n"}
    if path == "/robots.txt":
        return answer(robots[place]) if place in robots else answer(status=404)
    if place == 0:  # no listing
        return answer("<title>Nought</title><p>Hello.</p>") if path == "/" else answer(status=404)
    if place == 1 and path.startswith("/news/"):  # no article
        return answer(SHELL)
    if place == 4 and path.startswith("/news/"):
        return answer("no", 403)
    if place == 5:
        return answer("<title>Just a moment...</title>", 403, ("cf-mitigated", "challenge"))
    if place == 6:
        return answer("<title>Attention Required!</title><p>Checking your browser before accessing.</p>")
    return answer(HOME.format(host=host)) if path == "/" else None


def test_force_adds_what_lacks_a_listing_or_an_article_and_nothing_else(tmp_path: Path) -> None:
    with desk(tmp_path, 7, shy) as room:
        asked = [*homes(room), "http://10.0.0.7/"]
        without = room.run("add", "--yes", "--json", *asked)
        nothing = sources(room)
        forced = room.run("add", "--yes", "--force", *asked)

        refusals = [site["refusal"] for site in json.loads(without.stdout)["sites"]]
        assert without.returncode == 1
        assert nothing == []
        assert refusals[0].startswith("no listing names an article; ")
        assert refusals[1].startswith("in none of the samples an article was found; ")
        assert all(refusal.endswith("add it all the same with --force") for refusal in refusals[:2])
        assert refusals[2] == "cannot be read: robots.txt forbids it"
        assert "robots.txt forbids" in refusals[3]
        assert refusals[4].endswith("since it refuses us: http://outlet-4.press.test/news/0: HTTP 403")
        assert all("a challenge page came, which asks for the proof" in refusal for refusal in refusals[5:7])
        assert "the host is not public" in refusals[7]
        assert forced.returncode == 1
        assert [source["url"] for source in sources(room)] == homes(room)[:2]
        assert sums(forced.stdout) == (8, 2, 0, 0, 6, 0)
        assert "  forced     no listing names an article; it is added all the same\n" in forced.stdout
        assert "  forced     in none of the samples an article was found; it is added all the same\n" in forced.stdout
        assert forced.stderr.splitlines()[-1].endswith("; and 3 more are refused")


def test_a_site_that_leads_to_one_in_the_file_is_already_there(tmp_path: Path) -> None:
    def special(url: str) -> Response | None:
        to = "http://outlet-1.press.test/"
        return answer("", 301, ("Location", to)) if url == "http://outlet-0.press.test/" else None

    with desk(tmp_path, 2, special) as room:
        path = tmp_path / "cuttings.toml"
        path.write_text(f'{path.read_text()}\n[[source]]\nurl = "{homes(room)[1]}"\n')
        before = path.read_bytes()
        done = room.run("add", "--yes", homes(room)[0])

        assert done.returncode == 1
        assert sums(done.stdout) == (1, 0, 0, 1, 0, 0)
        assert '"outlet-1.press.test" in cuttings.toml reads that site' in done.stderr
        assert path.read_bytes() == before
