"""Author names: better fewer than wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.metadata.names import Credited, clean_names, credited, looks_like_person, publisher_keys


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
        (["Ilse Brandt,Teodor Aldana"], ["Ilse Brandt", "Teodor Aldana"]),
        (["Ilse Brandt/Teodor Aldana"], ["Ilse Brandt", "Teodor Aldana"]),
        (["배윤경,이상현"], ["배윤경", "이상현"]),
        (["배윤경 기자"], ["배윤경"]),
        (["記者：松岡大地"], ["松岡大地"]),
        (["Текст: Венера Ерофеева"], ["Венера Ерофеева"]),
        (["Analysis by Ilse Brandt"], ["Ilse Brandt"]),
        (["Ein Kommentar von Ilse Brandt"], ["Ilse Brandt"]),
        (["Ilse Brandt in Kyiv"], ["Ilse Brandt"]),
        (["Associated Press in Port Almond"], ["Associated Press"]),
        (["Ilse Brandt und Teodor Aldana, dpa"], ["Ilse Brandt", "Teodor Aldana", "dpa"]),
        (["Ilse Brandt mit dpa"], ["Ilse Brandt", "dpa"]),
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
        "ibrandt", "AS", "humans.txt", "Гость", "Redacción", "編集部", "Getty Images", "Follow @ilse", "Google Scholar",
    ],
)  # fmt: skip
def test_what_is_no_person_is_no_author(raw: str) -> None:
    assert clean_names([raw], site_name="The Canal Gazette") == ()


@pytest.mark.parametrize(
    "raw",
    [
        "Ilse Brandt, Futurism",
        "Ilse Brandt, MS, RDN",
        "Ilse Brandt, CNN Editor-at-large",
        "Ilse Brandt, Berlin",
        "Ilse Brandt, The Canal Gazette",
        "Ilse Brandt - Staff Writer",
        "Ilse Brandt, professor at the University of Port Almond",
        "Ilse Brandt, freelance journalist",
    ],
)
def test_what_somebody_is_or_where_is_no_second_author(raw: str) -> None:
    assert clean_names([raw]) == ("Ilse Brandt",)


PUBLISHER = publisher_keys(("The Canal Gazette",), "www.canalgazette.test")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Ilse Brandt", Credited.PERSON),
        ("松岡大地", Credited.PERSON),
        ("Reuters", Credited.AGENCY),
        ("dpa", Credited.AGENCY),
        ("Deutsche Presse-Agentur", Credited.AGENCY),
        ("Anadolu Ajansı", Credited.AGENCY),
        ("新华社", Credited.AGENCY),
        ("Gazette staff reporter", Credited.DESK),
        ("North Town Bureau", Credited.DESK),
        ("ZZ-Redaktion", Credited.DESK),
        ("The Canal Gazette", Credited.PUBLISHER),
        ("Canal Gazette", Credited.PUBLISHER),
        ("canalgazette.test", Credited.PUBLISHER),
        ("TCG", Credited.PUBLISHER),
        ("CG Redaktion", Credited.PUBLISHER),
    ],
)
def test_a_name_stands_for_a_person_an_agency_a_desk_or_the_outlet(name: str, kind: Credited) -> None:
    assert credited(name, PUBLISHER) is kind


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("Ilse Brandt", True),
        ("Ludwig van der Dalen", True),
        ("Roisin O'Connor", True),
        ("Dr. Max Kolter", True),
        ("Trevor J. Mitchell", True),
        ("Ilse", False),
        ("the river", False),
        ("Political Editor", False),
        ("Canal Times", False),
        ("", False),
    ],
)
def test_a_full_name_has_a_form(text: str, is_name: bool) -> None:  # noqa: FBT001
    assert looks_like_person(text) is is_name


@given(st.lists(st.text(max_size=80), max_size=5))
def test_names_are_trimmed_short_and_unlike(raw: list[str]) -> None:
    names = clean_names(raw)
    assert all(2 <= len(name) <= 60 and name == name.strip() for name in names)
    assert len({name.casefold() for name in names}) == len(names)


@given(st.lists(st.text(max_size=80), max_size=5))
def test_clean_names_stay_as_they_are(raw: list[str]) -> None:
    assert set(clean_names(clean_names(raw))) <= set(clean_names(raw))
