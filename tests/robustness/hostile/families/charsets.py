"""Encodings that header, page and bytes disagree on. The text that was meant is known."""

import codecs
from dataclasses import dataclass

from tests.robustness.hostile.answers import Answer, Table, reply
from tests.robustness.hostile.families.family import Family
from tests.robustness.hostile.prose import document

POLISH = (
    "Zażółć gęślą jaźń, powiedział burmistrz numer {n}, a potem wszyscy mieszkańcy poszli nad rzekę, żeby zobaczyć "
    "nowy most, który otwarto w sobotę po dwóch latach budowy. Właściciele łodzi śpiewali aż do północy."
)
CZECH = (
    "Příliš žluťoučký kůň číslo {n} úpěl ďábelské ódy, zatímco starosta města otevíral nový most přes řeku a děti "
    "házely květiny do vody. Slavnost trvala až do pozdní noci a nikdo nechtěl jít domů."
)
RUSSIAN = (
    "Городской совет номер {n} собрался во вторник вечером и после двух часов споров решил починить старый мост до "
    "зимы. Жители набережной давно просили об этом, и теперь они довольны решением."
)
JAPANESE = (
    "市議会の第{n}回会議は火曜日の夜に開かれ、二時間の議論の末、冬が来る前に古い橋を修理することを決めた。"
    "川沿いの住民は長い間この工事を求めており、決定を歓迎している。工事は来月の初めに始まる予定だ。"
)
CHINESE = (
    "市议会第{n}次会议于星期二晚上召开，经过两个小时的讨论，决定在冬天到来之前修好老桥。"
    "河边的居民早就要求进行这项工程，他们对这一决定表示欢迎。工程计划于下月初开始，预计持续三个月。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A page: what it says, how its bytes were made, what header and page claim, and which signal tells the truth."""

    text: str
    codec: str
    header: str | None
    meta: str | None
    source: str
    mark: bytes = b""

    def paragraphs(self, key: str) -> list[str]:
        return [self.text.format(n=f"{sum(key.encode())}{n}") for n in range(4)]

    def answer(self, key: str) -> Answer:
        lines = self.paragraphs(key)
        html = document(lines[0].split(",")[0].split("、")[0][:60], "".join(f"<p>{line}</p>" for line in lines))
        claim = f'<meta charset="{self.meta}">' if self.meta else ""
        body = html.replace('<meta charset="utf-8">', claim).replace(' lang="en"', "")
        kind = f"text/html; charset={self.header}" if self.header else "text/html"
        return reply(self.mark + body.encode(self.codec), kind=kind)


def _page(text: str, codec: str, header: str | None, meta: str | None, source: str, mark: bytes = b"") -> Written:
    return Written(text=text, codec=codec, header=header, meta=meta, source=source, mark=mark)


PAGES = {
    "/utf-8-called-latin": _page(POLISH, "utf-8", "iso-8859-1", "windows-1252", "detector"),
    "/utf-8-unsaid": _page(POLISH, "utf-8", None, None, "detector"),
    "/utf-8-header": _page(POLISH, "utf-8", "utf-8", "windows-1250", "header"),
    "/utf-8-iso-utf-8": _page(POLISH, "utf-8", "iso-utf-8", None, "detector"),
    "/utf-8-claims-utf-7": _page(POLISH, "utf-8", "utf-7", "utf-7", "detector"),
    "/utf-8-claims-utf-16": _page(CZECH, "utf-8", None, "utf-16", "detector"),
    "/utf-8-mark": _page(CZECH, "utf-8", "windows-1251", "shift_jis", "bom", codecs.BOM_UTF8),
    "/utf-16-mark": _page(RUSSIAN, "utf-16-le", "utf-8", "utf-8", "bom", codecs.BOM_UTF16_LE),
    "/utf-16-be-mark": _page(RUSSIAN, "utf-16-be", None, None, "bom", codecs.BOM_UTF16_BE),
    "/utf-16-no-mark": _page(RUSSIAN, "utf-16-le", "utf-16", None, "header"),
    "/utf-16-be-no-mark": _page(POLISH, "utf-16-be", "utf-16", None, "header"),
    "/utf-16-unsaid": _page(RUSSIAN, "utf-16-le", None, None, "detector"),
    "/utf-16-called-utf-8": _page(JAPANESE, "utf-16-le", "utf-8", "utf-8", "detector"),
    "/1250-header": _page(CZECH, "cp1250", "windows-1250", "utf-8", "header"),
    "/1250-meta": _page(POLISH, "cp1250", None, "windows-1250", "meta"),
    "/1251-header": _page(RUSSIAN, "cp1251", "windows-1251", None, "header"),
    "/1251-meta": _page(RUSSIAN, "cp1251", None, "windows-1251", "meta"),
    "/1251-called-utf-8": _page(RUSSIAN, "cp1251", "utf-8", "windows-1251", "meta"),
    "/shift_jis-header": _page(JAPANESE, "shift_jis", "shift_jis", None, "header"),
    "/shift_jis-called-utf-8": _page(JAPANESE, "shift_jis", "utf-8", "shift_jis", "meta"),
    "/gb18030-meta": _page(CHINESE, "gb18030", None, "gb18030", "meta"),
    "/gb18030-called-gb2312": _page(CHINESE, "gb18030", "gb2312", None, "header"),
}
_TABLE: Table = {key: ("saved", page.answer(key)) for key, page in PAGES.items()}

FAMILY = Family(name="charsets", table=_TABLE)
