"""The phrase tables: their format, that every pattern is sound, and what they say of lines in many languages."""

import re
from collections import Counter
from itertools import pairwise
from time import process_time

import pytest

from pipelines.clutter import NO_RULES, STEPS
from pipelines.clutter.captions import is_caption, is_credit
from pipelines.clutter.comments import is_comment_line
from pipelines.clutter.draft import Draft, Line, start
from pipelines.clutter.navigation import is_navigation
from pipelines.clutter.sharing import is_share_line
from pipelines.clutter.widgets import is_widget
from pipelines.compare import plain
from pipelines.phrases import ORIGINS, TABLES, Patterns, alternatives, entries, phrases, read_entry, table
from tests.pipelines.pages import PROSE

FILES = sorted(path.stem for path in TABLES.glob("*.txt"))
HEADS = {name: (TABLES / f"{name}.txt").read_text(encoding="utf-8").splitlines()[0] for name in FILES}
OF_PHRASES = [name for name in FILES if HEADS[name].startswith("# Phrases")]
OF_PATTERNS = [name for name in FILES if HEADS[name].startswith("# Patterns")]
# The languages of ISO 639 the tables know, in the shortest code, as BCP 47 asks.
LANGUAGES = {
    *(
        "af",
        "ar",
        "az",
        "be",
        "bg",
        "bn",
        "bs",
        "ca",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "eu",
        "fa",
        "fi",
        "fil",
        "fr",
        "gl",
        "gu",
        "he",
        "hi",
        "hr",
        "hu",
        "hy",
        "id",
        "is",
        "it",
        "ja",
        "ka",
    ),
    *(
        "kk",
        "kn",
        "ko",
        "lt",
        "lv",
        "mk",
        "ml",
        "mr",
        "ms",
        "nb",
        "ne",
        "nl",
        "nn",
        "pa",
        "pl",
        "pt",
        "ro",
        "ru",
        "si",
        "sk",
        "sl",
        "sq",
        "sr",
        "sv",
        "sw",
        "ta",
        "te",
        "th",
        "tr",
        "uk",
        "ur",
        "vi",
        "zh",
    ),
}
LONG = 0.25  # seconds of CPU no sound pattern needs for a line; a catastrophic one takes minutes


def test_a_table_holds_phrases_or_patterns_and_says_which() -> None:
    assert len(FILES) > 20
    assert sorted(OF_PHRASES + OF_PATTERNS) == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_table_is_sorted_and_says_nothing_twice(name: str) -> None:
    lines = (TABLES / f"{name}.txt").read_text(encoding="utf-8").splitlines()[1:]
    said = Counter(plain(entry.text) if name in OF_PHRASES else entry.text for entry in entries(name))

    assert [pair for pair in pairwise(lines) if pair[0] >= pair[1]] == []
    assert [text for text, times in said.items() if times > 1] == []


@pytest.mark.parametrize("name", FILES)
def test_every_entry_names_its_language_and_its_origin(name: str) -> None:
    read = entries(name)

    assert read
    assert {entry.origin for entry in read} <= set(ORIGINS)
    assert {language for entry in read for language in entry.languages} <= LANGUAGES
    assert [entry for entry in read if entry.text != entry.text.strip()] == []


def test_every_origin_is_that_of_some_entry() -> None:
    assert {entry.origin for name in FILES for entry in entries(name)} == set(ORIGINS)


def test_the_tables_speak_thirty_languages_and_more() -> None:
    spoken = Counter(language for name in FILES for entry in entries(name) for language in entry.languages)

    assert len([language for language, times in spoken.items() if times >= 50]) >= 30


def test_a_line_that_is_no_entry_is_named() -> None:
    with pytest.raises(ValueError, match=r"share\.txt:7: 'da dela' is not"):
        read_entry("da dela", "share.txt:7")


def test_every_phrase_can_be_said() -> None:
    """A phrase of punctuation alone, or one that only a longer line could hold, matches nothing."""
    assert [text for name in OF_PHRASES for text in phrases(name) if not text or len(text) > 120] == []


def _lines_against(pattern: str) -> list[str]:
    """Long lines that keep a pattern busy: its own words over and over, and runs of one character."""
    words = " ".join(re.findall(r"[^\W\d_]{2,}", re.sub(r"\\.", " ", pattern)))
    own = [(words + joiner) * (700 // (len(words) + 1) + 1) for joiner in (" ", "", ": ", ". ")]
    return [
        *(line[:700] for line in own),
        "a" * 700,
        "a b " * 175,
        "1 2" * 233,
        " " * 700,
        "é: " * 230,
        "、" * 700,
        "@." * 350,
    ]


@pytest.mark.parametrize("name", OF_PATTERNS)
def test_no_pattern_is_slow_on_any_line(name: str) -> None:
    slow = []
    for entry in entries(name):
        compiled = re.compile(entry.text, re.IGNORECASE)
        for line in _lines_against(entry.text):
            since = process_time()
            compiled.fullmatch(line)
            compiled.search(line)
            if process_time() - since > LONG:
                slow.append((entry.text, line[:40]))
    assert slow == []


@pytest.mark.parametrize("name", OF_PATTERNS)
def test_an_entry_is_one_pattern_by_itself(name: str) -> None:
    """`a|b` without brackets would end what stands before it, and start what stands after."""
    for entry in entries(name):
        assert not re.compile(f"(?:x{entry.text}y)", re.IGNORECASE).fullmatch(f"x{entry.text.split('|')[0]}"), entry


@pytest.mark.parametrize("name", OF_PATTERNS)
def test_asking_by_the_first_letter_finds_what_asking_all_of_them_finds(name: str) -> None:
    whole = re.compile(alternatives(table(name)), re.IGNORECASE)
    patterns = Patterns(name)
    texts = {text for other in OF_PHRASES for text in phrases(other)}
    texts |= {re.sub(r"\(\?:([^()|]*)[^()]*\)|\\\w|[{}\d,.?*+]", r"\1", entry.text) for entry in entries(name)}

    assert {text for text in texts if whole.match(text)} == {text for text in texts if patterns.match(text)}
    assert {text for text in texts if whole.fullmatch(text)} == {text for text in texts if patterns.fullmatch(text)}


def test_a_vowel_sign_at_the_end_may_be_cut_off() -> None:
    assert Patterns("read-also").fullmatch(plain("ये भी पढ़ें"))
    assert Patterns("read-also", after=r"\s*:.*").fullmatch("ये भी पढ़ें: बाज़ार की घड़ी")


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "Annonce",
        "Artiklen fortsætter efter annoncen",
        "Artikkelen fortsetter under annonsen",
        "Artikeln fortsätter efter annonsen",
        "De tekst gaat verder onder de foto",
        "L'articolo continua dopo la pubblicità",
        "La suite après la publicité",
        "Publicité",
        "Reklam",
        "Quảng cáo",
        "Διαφήμιση",
        "Реклама",
        "Просмотров: 903",
        "Время чтения: 3 мин",
        "פרסומת",
        "إعلان",
        "विज्ञापन",
        "โฆษณา",
        "광고",
        "広告",
        "廣告",
        "3 min",
        "Leestijd: 4 minuten",
        "View this post on Instagram",
        "Ein Beitrag geteilt von Nebelauer Echo (@nebelau)",
        "Vergrößern",
        "Story continues below this ad",
    ],
)
def test_a_label_of_an_advert_a_player_or_an_embed_is_one(line: str) -> None:
    assert is_widget(line)


@pytest.mark.parametrize(
    "line",
    [
        "Share this article",
        "Artikel teilen",
        "Del på Facebook",
        "Jaa artikkeli",
        "Κοινοποίηση",
        "Поделиться",
        "Надіслати | Друк",
        "שתפו",
        "شارك المقال",
        "शेयर करें",
        "Chia sẻ",
        "공유하기",
        "シェアする",
        "分享到微信",
        "Ακολουθήστε μας στο Google News",
        "Підписуйтеся на наш Telegram-канал, щоб не пропустити новини",
        "Ikuti saluran WhatsApp Watuagung Pos",
        "关注我们的微信公众号",
    ],
)
def test_a_label_of_a_share_bar_is_one(line: str) -> None:
    assert is_share_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Leave a Reply Cancel reply",
        "Deine E-Mail-Adresse wird nicht veröffentlicht. Erforderliche Felder sind mit * markiert",
        "Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *",
        "Twój adres e-mail nie zostanie opublikowany. Wymagane pola są oznaczone *",
        "Vaše e-mailová adresa nebude zveřejněna. Vyžadované informace jsou označeny *",
        "Ваш адрес email не будет опубликован. Обязательные поля помечены *",
        "E-posta adresiniz yayınlanmayacak. Gerekli alanlar * ile işaretlenmişlerdir",
        "Email của bạn sẽ không được hiển thị công khai. Các trường bắt buộc được đánh dấu *",
        "Se connecter pour poster des commentaires",
        "Vélemény, hozzászólás?",
        "Αφήστε μια απάντηση",
        "Tinggalkan Balasan",
        "כתיבת תגובה",
        "اترك تعليقاً",
        "टिप्पणी करें",
        "แสดงความคิดเห็น",
        "댓글 남기기",
        "コメントを残す",
        "发表回复",
    ],
)
def test_a_line_of_a_comment_form_is_one(line: str) -> None:
    assert is_comment_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Back to top",
        "Zum Inhalt springen",
        "Til toppen",
        "Etusivu",
        "Αρχική",
        "На главную",
        "דף הבית",
        "الرئيسية",
        "होम",
        "หน้าแรก",
        "Trang chủ",
        "Beranda",
        "목록으로",
        "トップへ戻る",
        "返回首页",
        "第 1 页 / 共 3 页",
    ],
)
def test_a_label_of_navigation_is_one(line: str) -> None:
    assert is_navigation(line)


@pytest.mark.parametrize(
    "line",
    [
        "Photo: Cosmo Reyes",
        "फोटो: राजेश कुमार",
        "Фото: Нина Обручева",
        "Φωτογραφία: Μέλπω Σταυρίδη",
        "Fotoğraf: Halil Usta",
        "Ảnh: Thạch Thị Nhàn",
        "صورة: سامي البدر",
        "צילום: דנה ברק",
        "사진=한보라",
        "写真：石田 透",
        "摄影：林秋月",
        "Kuva: Aino Salo",
    ],
)
def test_a_label_before_a_name_makes_a_credit(line: str) -> None:
    assert is_credit(line)


@pytest.mark.parametrize(
    "line",
    [
        "डाकघर का नया डिब्बा। फोटो: राजेश कुमार",
        "韩桂兰和她走了三十年的小路。图/石桥周刊 林秋月",
        "渡轮在清晨离开码头。林秋月 摄",
    ],
)
def test_a_caption_that_ends_in_its_credit_is_a_caption(line: str) -> None:
    assert is_caption(line)


@pytest.mark.parametrize(
    ("last", "rule"),
    [
        ("（责任编辑：周明）", "contributed"),
        ("来源：石桥周刊", "contributed"),
        ("Zdroj: Lhotecké listy", "contributed"),
        ("한보라 기자 bora@solnaeilbo.test", "bio-line"),
        ("<저작권자 솔내일보, 무단전재 및 재배포 금지>", "widget-line"),
        ("未经许可，不得转载", "editors-note"),
        ("Dapatkan update berita pilihan setiap hari. Mari bergabung di Grup WhatsApp kami.", "promo-line"),
        ("Теги: эхо, Верхние Ключи", "read-also"),
        ("ये भी पढ़ें: बाज़ार की घड़ी देर से क्यों चलती है", "read-also"),
        ("Prijavite se na naš newsletter", "newsletter-line"),
    ],
)
def test_a_line_below_an_article_goes_by_its_rule(last: str, rule: str) -> None:
    lines = tuple(Line(text=text, place=at) for at, text in enumerate((*PROSE, last)))
    draft = start(Draft(lines=lines))
    for step in STEPS:
        draft = step(draft, NO_RULES)

    assert [(cut.text, cut.rule) for cut in draft.cuts] == [(last, rule)]


@pytest.mark.parametrize("line", PROSE)
def test_prose_is_none_of_it(line: str) -> None:
    assert not any((is_widget(line), is_share_line(line), is_comment_line(line), is_navigation(line), is_credit(line)))
    assert not is_caption(line)
