"""The tables of wordings: each line says its languages and where it comes from, and every pattern is sound."""

import re
from time import process_time

import pytest

from pipelines.metadata.agencies import AGENCIES
from pipelines.metadata.months import MONTHS
from pipelines.phrases import TABLES, entries

WORDINGS = sorted(path.stem for path in (TABLES / "verdict").glob("*.txt"))
LONG = 0.25  # seconds of CPU no sound pattern needs for a line; a catastrophic one takes minutes


def test_there_is_a_table_for_every_check() -> None:
    assert {"not-found", "denied", "challenges", "consent", "walls", "logins"} <= set(WORDINGS)


@pytest.mark.parametrize("name", WORDINGS)
def test_a_table_of_wordings_says_that_its_order_counts_and_says_nothing_twice(name: str) -> None:
    read = entries(f"verdict/{name}")

    assert (TABLES / "verdict" / f"{name}.txt").read_text(encoding="utf-8").startswith("# Patterns in order. ")
    assert len({entry.text for entry in read}) == len(read)


@pytest.mark.parametrize("name", WORDINGS)
def test_every_wording_names_its_languages_and_its_origin(name: str) -> None:
    for entry in entries(f"verdict/{name}"):
        assert all(re.fullmatch("[a-z]{2}", language) for language in entry.languages), entry
        assert entry.origin
        assert entry.text == entry.text.strip()


@pytest.mark.parametrize("name", WORDINGS)
def test_no_wording_is_slow_on_any_text(name: str) -> None:
    for entry in entries(f"verdict/{name}"):
        compiled = re.compile(entry.text, re.IGNORECASE)
        words = " ".join(re.findall(r"[^\W\d_]{2,}", re.sub(r"\\.", " ", entry.text)))
        since = process_time()
        compiled.search((words + " ") * (700 // (len(words) + 1) + 1))
        assert process_time() - since < LONG, entry


def test_every_language_has_twelve_months() -> None:
    assert {language: len(forms.split()) for language, forms in MONTHS.items()} == dict.fromkeys(MONTHS, 12)


def test_an_agency_has_a_name_and_a_host() -> None:
    assert all(agency and all(names) and all("." in host for host in hosts) for agency, names, hosts in AGENCIES)
