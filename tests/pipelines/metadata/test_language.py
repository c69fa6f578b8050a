"""The language of an article: by declaration, and by its text where that is long enough to be sure."""

import pytest

from pipelines.metadata.language import Resolved, declared_language, detect_language, resolve_language
from tests.pipelines.pages import PROSE

ENGLISH = " ".join(PROSE)
TEXTS = {
    "ar": (
        "أعيد افتتاح الطاحونة القديمة على ضفة النهر يوم الأحد بعد أربعين عاما من التوقف، وحضر نصف سكان البلدة لمشاهدة "
        "العجلة وهي تدور من جديد. وقال المتطوعون إن العمل استغرق أربعة فصول صيف كاملة."
    ),
    "de": (
        "Die Mühle unterhalb des Wehrs hat sich am Sonntag zum ersten Mal seit vierzig Jahren wieder gedreht, und die "
        "halbe Stadt war gekommen, um zuzusehen. Das erste Mehl ging an die Bäckerei am Platz."
    ),
    "es": (
        "El molino de agua volvió a girar el domingo por primera vez en cuarenta años, y medio pueblo había venido a "
        "verlo. La primera harina fue para la panadería de la plaza, que abrió más tarde que de costumbre."
    ),
    "he": (
        "טחנת המים הישנה חזרה להסתובב ביום ראשון בפעם הראשונה מזה ארבעים שנה, "
        "וחצי העיירה באה לראות אותה. הקמח הראשון נשלח למאפייה שבכיכר."
    ),
    "ja": (
        "川沿いの古い水車が日曜日、四十年ぶりに再び回り始め、町の住民の半分が見物に訪れた。"
        "最初の小麦粉は広場のパン屋に届けられた。修理には四回の夏がかかったという。"
    ),
    "pl": (
        "Młyn wodny poniżej jazu w niedzielę po raz pierwszy od czterdziestu lat znów się obracał, a pół miasteczka "
        "przyszło to zobaczyć. Pierwsza mąka trafiła do piekarni na rynku."
    ),
    "ru": (
        "Водяная мельница ниже плотины в воскресенье впервые за сорок лет снова пришла в движение, и посмотреть на "
        "это пришла половина города. Первая мука досталась пекарне на площади."
    ),
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items(), ids=TEXTS)
def test_a_text_tells_its_language(language: str, text: str) -> None:
    assert detect_language(text, enough=100) == language


@pytest.mark.parametrize("text", ["", " ", "Sold out", "1 2 3 4 5 6 7 8 9 " * 30, "\x00\ufffd" * 200])
def test_what_is_too_short_or_no_text_tells_nothing(text: str) -> None:
    assert detect_language(text, enough=100) is None


def test_a_list_of_names_in_characters_is_japanese_where_some_kana_stand_in_it() -> None:
    places = (
        "宮崎市、日南市、串間市、国富町、綾町、美郷町、高千穂町、都城市、"
        "小林市、えびの市、三股町、高原町、川南町、都農町、門川町、"
    )
    assert detect_language(places * 3, enough=100) == "ja"


def test_where_the_text_agrees_the_declaration_and_its_source_stay() -> None:
    assert resolve_language("en", "html", ENGLISH) == Resolved(language="en", source="html")


def test_a_long_text_wins_over_the_declaration_and_says_so() -> None:
    assert resolve_language("en", "html", TEXTS["de"] * 3) == Resolved(
        language="de", source="text", notes=("language_declared: en",)
    )


def test_a_short_text_does_not() -> None:
    assert resolve_language("en", "html", TEXTS["de"][:120]) == Resolved(language="en", source="html")


def test_where_nothing_is_declared_a_short_text_is_enough() -> None:
    assert resolve_language(None, None, TEXTS["de"]) == Resolved(language="de", source="text")
    assert resolve_language(None, None, "Sold out") == Resolved(language=None, source=None)


def test_languages_that_a_text_cannot_tell_apart_are_as_declared() -> None:
    croatian = (
        "Vodenica ispod brane ponovno se okrenula u nedjelju, prvi put nakon četrdeset godina, i pola grada došlo je "
        "gledati. Prvo brašno otišlo je u pekaru na trgu, a volonteri su rekli da je obnova trajala četiri ljeta. "
        "Imali su jedan crtež, dvije fotografije i sjećanje mlinareve kćeri, koja je crtež dvaput ispravila."
    )
    for declared in ("hr", "bs", "sr"):
        assert resolve_language(declared, "html", croatian).language == declared


@pytest.mark.parametrize(
    ("tag", "subtag"),
    [
        ("en", "en"), ("en-GB", "en"), ("EN_us", "en"), (" pt-BR ", "pt"), ("zh-Hant-TW", "zh"), ("de, en", "de"),
        ("fil", "fil"), ("iw", "he"), ("in", "id"), ("", None), (None, None), ("utf-8", None), ("iso-8859-1", None),
        ("english", None), ("xx", None), ("und", None), ("von", None), ("*", None),
    ],
)  # fmt: skip
def test_a_declared_language_is_a_primary_subtag_or_nothing(tag: str | None, subtag: str | None) -> None:
    assert declared_language(tag) == subtag
