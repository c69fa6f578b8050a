"""Author names: better fewer than wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.names import clean_names


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (["Ilse Brandt"], ["Ilse Brandt"]),
        (["By Ilse Brandt"], ["Ilse Brandt"]),
        (["by: ILSE BRANDT"], ["ILSE BRANDT"]),
        (["Von Käthe Müßig"], ["Käthe Müßig"]),
        (["Par Zoé Lafleur et Luc Ménard"], ["Zoé Lafleur", "Luc Ménard"]),
        (["Ilse Brandt and Teodor Aldana"], ["Ilse Brandt", "Teodor Aldana"]),
        (["Ilse Brandt, Teodor Aldana & Runa Holm"], ["Ilse Brandt", "Teodor Aldana", "Runa Holm"]),
        (["Ilse Brandt; Teodor Aldana | Runa Holm"], ["Ilse Brandt", "Teodor Aldana", "Runa Holm"]),
        (["Ana Ruiz y Pedro Sanz"], ["Ana Ruiz", "Pedro Sanz"]),
        (["Sammy Dawes, Jr"], ["Sammy Dawes, Jr"]),
        (["Ilse Brandt (ibr)"], ["Ilse Brandt"]),
        (["Ilse Brandt (dpa)"], ["Ilse Brandt"]),
        (["Ludwig van Dalen"], ["Ludwig van Dalen"]),
        (["Anderson Holm"], ["Anderson Holm"]),
        (["林秋月"], ["林秋月"]),
        (["ليلى منصور"], ["ليلى منصور"]),
        (["Ilse Brandt", "ilse brandt", "Ilse  Brandt"], ["Ilse Brandt"]),
    ],
)
def test_names_are_split_and_stripped(raw: list[str], names: list[str]) -> None:
    assert list(clean_names(raw)) == names


@pytest.mark.parametrize(
    "raw",
    [
        "", " ", "admin", "Staff Writer", "Newsroom", "Redaktion", "Guest Author", "https://gazette.test/people/ilse",
        "www.gazette.test", "@ilsebrandt", "ilse@gazette.test", "Facebook", "undefined", "null", "12345",
        "The Canal Gazette", "gazette.com", "<b>Ilse</b>", "{{ author }}", "[object Object]", "-", "A" * 100,
    ],
)  # fmt: skip
def test_what_is_no_person_is_no_author(raw: str) -> None:
    assert clean_names([raw], site_name="The Canal Gazette") == ()


@given(st.lists(st.text(max_size=80), max_size=5))
def test_names_are_trimmed_short_and_unlike(raw: list[str]) -> None:
    names = clean_names(raw)
    assert all(2 <= len(name) <= 60 and name == name.strip() for name in names)
    assert len({name.casefold() for name in names}) == len(names)


@given(st.lists(st.text(max_size=80), max_size=5))
def test_clean_names_stay_as_they_are(raw: list[str]) -> None:
    assert set(clean_names(clean_names(raw))) <= set(clean_names(raw))
