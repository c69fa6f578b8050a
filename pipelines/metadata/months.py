"""The names of the months, as newspapers and feeds write them, and which month a name is. Knows nothing of dates.

From Unicode CLDR through Babel 2.18: wide and abbreviated, within a date and alone; a language an entry, January first,
forms of one month joined by `/` (`-`: none), and behind them a few that CLDR has not: newspapers' abbreviations,
spellings without accents, the names of the Levant and the Maghreb. Of a form that means two months the meaning of fewer
readers stands in OF_LANGUAGE: Croatian "listopad" and "lip" (October and June there, November and July in Polish).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

# fmt: off
MONTHS: Final = {
    "af": (
        "januarie/jan februarie/feb maart/mrt april/apr mei junie/jun julie/jul augustus/aug september/sep "
        "oktober/okt november/nov desember/des"
    ),
    "ar": (
        "يناير/جانفي فبراير/شباط/فيفري مارس/آذار/اذار أبريل/نيسان/أفريل/ابريل مايو/أيار/ايار/ماي "
        "يونيو/حزيران/جوان يوليو/تموز/جويلية أغسطس/آب/أوت/اغسطس سبتمبر/أيلول/ايلول أكتوبر/اكتوبر نوفمبر "
        "ديسمبر"
    ),
    "bg": (
        "януари/яну февруари/фев март април/апр май юни юли август/авг септември/сеп октомври/окт ноември/ное "
        "декември/дек"
    ),
    "bn": (
        "জানুয়ারী/জানুয়ারি/জানু ফেব্রুয়ারী/ফেব্রুয়ারি/ফেব মার্চ এপ্রিল/এপ্রি মে জুন জুলাই/জুল আগস্ট/আগ সেপ্টেম্বর/সেপ "
        "অক্টোবর/অক্টো নভেম্বর/নভে ডিসেম্বর/ডিসে"
    ),
    "ca": (
        "gener/gen febrer/febr març abril/abr maig juny juliol/jul agost/ag setembre/set octubre/oct "
        "novembre/nov desembre/des"
    ),
    "cs": (
        "ledna/led/leden února/úno/únor března/bře/březen dubna/dub/duben května/kvě/květen června/čvn/červen "
        "července/čvc/červenec srpna/srp/srpen září/zář října/říj/říjen listopadu/lis/listopad "
        "prosince/pro/prosinec"
    ),
    "da": (
        "januar/jan februar/feb marts/mar april/apr maj juni/jun juli/jul august/aug september/sep "
        "oktober/okt november/nov december/dec"
    ),
    "de": (
        "januar/jan/jänner/jän/jaenner februar/feb/feber märz/mär/mrz/maerz april/apr mai juni/jun juli/jul august/aug "
        "september/sept/sep oktober/okt november/nov dezember/dez"
    ),
    "el": (
        "ιανουαρίου/ιαν/ιανουάριος φεβρουαρίου/φεβ/φεβρουάριος μαρτίου/μαρ/μάρτιος/μάρ απριλίου/απρ/απρίλιος "
        "μαΐου/μαΐ/μάιος/μάι ιουνίου/ιουν/ιούνιος/ιούν ιουλίου/ιουλ/ιούλιος/ιούλ αυγούστου/αυγ/αύγουστος/αύγ "
        "σεπτεμβρίου/σεπ/σεπτέμβριος οκτωβρίου/οκτ/οκτώβριος νοεμβρίου/νοε/νοέμβριος/νοέ "
        "δεκεμβρίου/δεκ/δεκέμβριος"
    ),
    "en": (
        "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sep/sept "
        "october/oct november/nov december/dec"
    ),
    "es": (
        "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago "
        "septiembre/sept/setiembre/set octubre/oct noviembre/nov diciembre/dic"
    ),
    "et": (
        "jaanuar/jaan veebruar/veebr märts aprill/apr mai juuni juuli august/aug september/sept oktoober/okt "
        "november/nov detsember/dets"
    ),
    "fi": (
        "tammikuuta/tammi/tammikuu helmikuuta/helmi/helmikuu maaliskuuta/maalis/maaliskuu "
        "huhtikuuta/huhti/huhtikuu toukokuuta/touko/toukokuu kesäkuuta/kesä/kesäkuu heinäkuuta/heinä/heinäkuu "
        "elokuuta/elo/elokuu syyskuuta/syys/syyskuu lokakuuta/loka/lokakuu marraskuuta/marras/marraskuu "
        "joulukuuta/joulu/joulukuu"
    ),
    "fr": (
        "janvier/janv février/févr/fevrier/fev mars avril/avr mai juin juillet/juil/juill août/aout septembre/sept "
        "octobre/oct novembre/nov décembre/déc/dec"
    ),
    "he": (
        "ינואר/ינו/בינואר/בינו פברואר/פבר/בפברואר/בפבר מרץ/במרץ אפריל/אפר/באפריל/באפר מאי/במאי יוני/ביוני "
        "יולי/ביולי אוגוסט/אוג/באוגוסט/באוג ספטמבר/ספט/בספטמבר/בספט אוקטובר/אוק/באוקטובר/באוק "
        "נובמבר/נוב/בנובמבר/בנוב דצמבר/דצמ/בדצמבר/בדצמ"
    ),
    "hi": (
        "जनवरी/जन फ़रवरी/फ़र मार्च अप्रैल मई जून जुलाई/जुल अगस्त/अग सितंबर/सित अक्टूबर/अक्टू नवंबर/नव "
        "दिसंबर/दिस"
    ),
    "hr": (
        "siječnja/sij/siječanj veljače/velj/veljača ožujka/ožu/ožujak travnja/tra/travanj svibnja/svi/svibanj "
        "lipnja/lipanj srpnja/srpanj kolovoza/kol/kolovoz rujna/ruj/rujan - studenoga/stu/studeni "
        "prosinca/pro/prosinac"
    ),
    "hu": (
        "január/jan február/febr március/márc április/ápr május/máj június/jún július/júl augusztus/aug "
        "szeptember/szept/szep október/okt november/nov december/dec"
    ),
    "id": (
        "januari/jan februari/feb maret/mar april/apr mei juni/jun juli/jul agustus/agu september/sep "
        "oktober/okt november/nov desember/des"
    ),
    "is": (
        "janúar/jan febrúar/feb mars/mar apríl/apr maí júní/jún júlí/júl ágúst/ágú september/sep október/okt "
        "nóvember/nóv desember/des"
    ),
    "it": (
        "gennaio/gen febbraio/feb marzo/mar aprile/apr maggio/mag giugno/giu luglio/lug agosto/ago "
        "settembre/set/sett ottobre/ott novembre/nov dicembre/dic"
    ),
    "ko": "1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월",
    "lt": (
        "sausio/saus/sausis vasario/vas/vasaris kovo/kov/kovas balandžio/bal/balandis gegužės/geg/gegužė "
        "birželio/birž/birželis liepos/liep/liepa rugpjūčio/rugp/rugpjūtis rugsėjo/rugs/rugsėjis "
        "spalio/spal/spalis lapkričio/lapkr/lapkritis gruodžio/gruod/gruodis"
    ),
    "lv": (
        "janvāris/janv februāris/febr marts aprīlis/apr maijs jūnijs/jūn jūlijs/jūl augusts/aug "
        "septembris/sept oktobris/okt novembris/nov decembris/dec"
    ),
    "mk": (
        "јануари/јан февруари/фев март/мар април/апр мај јуни/јун јули/јул август/авг септември/сеп "
        "октомври/окт ноември/ное декември/дек"
    ),
    "ms": (
        "januari/jan februari/feb mac april/apr mei jun julai/jul ogos/ogo september/sep oktober/okt "
        "november/nov disember/dis"
    ),
    "nb": (
        "januar/jan februar/feb mars/mar april/apr mai juni/jun juli/jul august/aug september/sep oktober/okt "
        "november/nov desember/des"
    ),
    "nl": (
        "januari/jan februari/feb maart/mrt april/apr mei juni/jun juli/jul augustus/aug september/sep "
        "oktober/okt november/nov december/dec"
    ),
    "pl": (
        "stycznia/sty/styczeń lutego/lut/luty marca/mar/marzec kwietnia/kwi/kwiecień maja/maj "
        "czerwca/cze/czerwiec lipca/lipiec sierpnia/sie/sierpień września/wrz/wrzesień "
        "października/paź/październik listopada/lis/listopad grudnia/gru/grudzień"
    ),
    "pt": (
        "janeiro/jan fevereiro/fev março/mar/marco abril/abr maio/mai junho/jun julho/jul agosto/ago "
        "setembro/set outubro/out novembro/nov dezembro/dez"
    ),
    "ro": (
        "ianuarie/ian februarie/feb martie/mar aprilie/apr mai iunie/iun iulie/iul august/aug septembrie/sept "
        "octombrie/oct noiembrie/nov/noi decembrie/dec"
    ),
    "ru": (
        "января/янв/январь февраля/февр/фев/февраль марта/мар/март апреля/апр/апрель мая/май июня/июн/июнь "
        "июля/июл/июль августа/авг/август сентября/сент/сен/сентябрь октября/окт/октябрь ноября/нояб/ноя/ноябрь "
        "декабря/дек/декабрь"
    ),
    "sk": (
        "januára/jan/január februára/feb/február marca/mar/marec apríla/apr/apríl mája/máj júna/jún júla/júl "
        "augusta/aug/august septembra/sep/september októbra/okt/október novembra/nov/november "
        "decembra/dec/december"
    ),
    "sl": (
        "januar/jan februar/feb marec/mar april/apr maj junij/jun julij/jul avgust/avg september/sep "
        "oktober/okt november/nov december/dec"
    ),
    "sq": (
        "janar/jan shkurt/shk mars/mar prill/pri maj qershor/qer korrik/korr gusht/gush shtator/sht tetor/tet "
        "nëntor/nën dhjetor/dhj"
    ),
    "sr": (
        "јануар/јан фебруар/феб март/мар април/апр мај јун јул август/авг септембар/сеп октобар/окт "
        "новембар/нов децембар/дец"
    ),
    "sr-latn": (
        "januar/jan februar/feb mart/mar april/apr maj jun jul avgust/avg septembar/sep oktobar/okt "
        "novembar/nov decembar/dec"
    ),
    "sv": (
        "januari/jan februari/feb mars april/apr maj juni juli augusti/aug september/sep oktober/okt "
        "november/nov december/dec"
    ),
    "sw": (
        "januari/jan februari/feb machi/mac aprili/apr mei juni/jun julai/jul agosti/ago septemba/sep "
        "oktoba/okt novemba/nov desemba/des"
    ),
    "th": (
        "มกราคม/ม.ค กุมภาพันธ์/ก.พ มีนาคม/มี.ค เมษายน/เม.ย พฤษภาคม/พ.ค มิถุนายน/มิ.ย กรกฎาคม/ก.ค สิงหาคม/ส.ค "
        "กันยายน/ก.ย ตุลาคม/ต.ค พฤศจิกายน/พ.ย ธันวาคม/ธ.ค"
    ),
    "tr": (
        "ocak/oca şubat/şub/subat mart/mar nisan/nis mayıs/may/mayis haziran/haz temmuz/tem "
        "ağustos/ağu/agustos eylül/eyl/eylul ekim/eki kasım/kas/kasim aralık/ara/aralik"
    ),
    "uk": (
        "січня/січ/січень лютого/лют/лютий березня/бер/березень квітня/квіт/кві/квітень травня/трав/тра/травень "
        "червня/черв/червень/чер липня/лип/липень/лип серпня/серп/сер/серпень вересня/вер/вересень "
        "жовтня/жовт/жов/жовтень листопада/лист/лис/листопад грудня/груд/гру/грудень"
    ),
    "zh": (
        "1月/一月 2月/二月 3月/三月 4月/四月 5月/五月 6月/六月 7月/七月 "
        "8月/八月 9月/九月 10月/十月 11月/十一月 12月/十二月"
    ),
}
# fmt: on

# What a form means in one language where it means another month, or nothing, in the rest.
OF_LANGUAGE: Final[Mapping[str, Mapping[str, int]]] = {
    "hr": {"lip": 6, "lis": 10, "listopad": 10, "listopada": 10, "srp": 7},
    "pl": {"lip": 7},
}

# What falls away where accents are left out: the marks of Latin, Greek and Cyrillic, hamza and madda, the nukta.
_MARKS: Final = re.compile("[\u0300-\u036f\u0653-\u0655\u093c\u09bc]")
# Letters that Unicode does not take apart.
_PLAIN: Final = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae"})


@lru_cache(maxsize=4096)
def month_of(name: str, language: str | None = None) -> int:
    """The number of a month by its whole name or its usual short form; 0 where the name is none.

    With or without a full stop, in any case, with its accents or without. Never by its first letters: "marras" is
    November in Finnish, and "mar" March in a dozen other languages. `language` is a BCP 47 tag; it decides between two
    languages that use one name for two months. Without it such a name is the month of more readers, see `is_certain`.
    """
    plain = folded(name)
    return _of_language(language).get(plain) or _NUMBERS.get(plain, 0)


def is_certain(name: str, language: str | None = None) -> bool:
    """Whether a name means one month alone, in that language or in all of them."""
    plain = folded(name)
    return plain in _of_language(language) or len(_MEANINGS.get(plain, ())) < 2


def folded(name: str) -> str:
    """A name in lower case, without accents and without its full stop."""
    form = unicodedata.normalize("NFD", name.strip().rstrip(".").casefold())
    return _MARKS.sub("", form).translate(_PLAIN)


@lru_cache(maxsize=128)
def _of_language(tag: str | None) -> Mapping[str, int]:
    language = (tag or "").partition("-")[0].lower()
    return {**dict(_forms(MONTHS.get(language, ""))), **OF_LANGUAGE.get(language, {})}


def _forms(table: str) -> Iterator[tuple[str, int]]:
    for number, forms in enumerate(table.split(), 1):
        yield from ((folded(form), number) for form in forms.split("/") if form != "-")


_NUMBERS: Final = dict(form for table in MONTHS.values() for form in _forms(table))
_MEANINGS: Final[Mapping[str, frozenset[int]]] = {
    form: frozenset(
        _of_language(language)[form] for language in (*MONTHS, *OF_LANGUAGE) if form in _of_language(language)
    )
    for form in {form for each in OF_LANGUAGE.values() for form in each}
}
