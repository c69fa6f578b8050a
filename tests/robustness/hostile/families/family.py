"""What a family of hostile answers is: a table of addresses, and the source that leads a crawl to them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.robustness.hostile.answers import Answer, Table, reply

ENDING = "hostile.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """`source` holds the lines of its [[source]] besides id, url and delay; `at_most` bounds requests by key."""

    name: str
    table: Table
    source: str = 'urls = ["/urls.txt"]'
    scheme: str = "http"
    delay: str = "0s"
    at_most: Mapping[str, int] | None = None
    entries: Mapping[str, str] | None = None  # addresses that its listings name besides -> their outcome
    strangers: Mapping[tuple[str, str], Answer] | None = None  # host, target -> answer; these hosts are not allowed

    @property
    def host(self) -> str:
        return f"{self.name}.{ENDING}"

    def address(self, key: str) -> tuple[str, str, str]:
        """Scheme, host with a port where the key names one, and target."""
        scheme, rest = ("https", key.removeprefix("https:")) if key.startswith("https:") else ("http", key)
        host, _, path = rest.removeprefix("//").partition("/") if rest.startswith("//") else (self.host, "", rest[1:])
        return scheme, host, f"/{path}"

    def url(self, key: str) -> str:
        """The address with marks for the ports of a run."""
        scheme, host, target = self.address(key)
        port = "" if ":" in host else ":@TLS@" if scheme == "https" else ":@HTTP@"
        return f"{scheme}://{host}{port}{target}"

    def outcomes(self) -> Iterator[tuple[str, str]]:
        """Address (with marks) and outcome of every key that ends in one."""
        for key, (outcome, _) in self.table.items():
            if outcome and not key.endswith("*"):
                yield self.url(key), outcome
        yield from (self.entries or {}).items()

    def answers(self) -> dict[tuple[str, str], Answer]:
        """Host and target -> answer. `/urls.txt` lists all that has an outcome."""
        listed = "\n".join(url for url, _ in self.outcomes())
        answers = {(self.host, "/urls.txt"): reply(listed, kind="text/plain")}
        for key, (_, answer) in self.table.items():
            _, host, target = self.address(key)
            answers[host.partition(":")[0], target] = answer
        return answers | dict(self.strangers or {})

    def hosts(self) -> set[str]:
        """The hosts that have to be allowed, for all of them lead to loopback."""
        return {self.host, *(self.address(key)[1].partition(":")[0] for key in self.table)}

    def config(self) -> str:
        port = "@TLS@" if self.scheme == "https" else "@HTTP@"
        return (
            f'\n[[source]]\nid = "{self.name}"\nurl = "{self.scheme}://{self.host}:{port}/"\ndelay = "{self.delay}"\n'
            f"autodiscover = false\n{self.source}\n"
        )
