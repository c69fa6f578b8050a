"""The names of the months, as newspapers write them. A table; knows nothing of dates.

From Unicode CLDR through Babel 2.18: wide and abbreviated, within a date and alone; a language an entry, January first,
forms of one month joined by `/`, and behind them a few that CLDR has not: newspapers' abbreviations, spellings without
accents, the names of the Levant and the Maghreb. A form that means two months is left out: Croatian "listopad" and
"lip" (October and June there, November and July in Polish).
"""

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
        "জানুয়ারী/জানু ফেব্রুয়ারী/ফেব মার্চ এপ্রিল/এপ্রি মে জুন জুলাই/জুল আগস্ট/আগ সেপ্টেম্বর/সেপ "
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
        "januar/jan/jänner/jän februar/feb/feber märz/mär/mrz april/apr mai juni/jun juli/jul august/aug "
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
        "janvier/janv février/févr/fevrier/fev mars avril/avr mai juin juillet/juil août/aout septembre/sept "
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
        "szeptember/szept október/okt november/nov december/dec"
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
        "settembre/set ottobre/ott novembre/nov dicembre/dic"
    ),
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
        "octombrie/oct noiembrie/nov decembrie/dec"
    ),
    "ru": (
        "января/янв/январь февраля/февр/февраль марта/мар/март апреля/апр/апрель мая/май июня/июн/июнь "
        "июля/июл/июль августа/авг/август сентября/сент/сентябрь октября/окт/октябрь ноября/нояб/ноябрь "
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
        "січня/січ/січень лютого/лют/лютий березня/бер/березень квітня/квіт/квітень травня/трав/травень "
        "червня/черв/червень липня/лип/липень серпня/серп/серпень вересня/вер/вересень жовтня/жовт/жовтень "
        "листопада/лист/листопад грудня/груд/грудень"
    ),
}
# fmt: on
