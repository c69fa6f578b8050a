"""Names and addresses that stand in a list as they are: into the crawler's own network, or into none."""

from tests.robustness.hostile.answers import Table, story
from tests.robustness.hostile.families.family import Family

# Public by its spelling, and it leads to loopback: only who looks at the address can tell (see names/sitecustomize.py).
EVIL_NAME = "evil.example.net"
ALLOWED_NAME = "allowed.example.net"
NOWHERE = "nowhere.example.net"
NAMES = {
    EVIL_NAME: ["127.0.0.1"],
    "mapped.example.net": ["0.0.0.0"],  # noqa: S104 - what a name may lead to
    "cloud.example.net": ["169.254.169.254"],
    "lan.example.net": ["192.168.7.7"],
    ALLOWED_NAME: ["127.0.0.1"],
}
_ENTRIES = {
    f"http://{EVIL_NAME}:@INTERNAL@/a": "private",
    f"http://{EVIL_NAME}.:@INTERNAL@/b": "private",
    "http://mapped.example.net:@INTERNAL@/a": "private",
    "http://cloud.example.net/latest/meta-data/a": "private",
    "http://lan.example.net/a": "private",
    f"http://{NOWHERE}/a": "dns",
    "http://127.0.0.1:@INTERNAL@/guarded": "private",
    "http://intranet:@INTERNAL@/a": "private",
    f"http://{ALLOWED_NAME}:@INTERNAL@/another-port": "private",
}
_TABLE: Table = {f"//{ALLOWED_NAME}/a": ("saved", story("a name that is allowed"))}

FAMILY = Family(name="guarded", table=_TABLE, entries=_ENTRIES)
