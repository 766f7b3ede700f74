"""Which charset undeclared bytes are in: the one whose text uses the characters people use."""

import re
from functools import cache

from charset_normalizer import from_bytes

EVIDENCE = 1 << 14  # bytes that are looked at
SURE = 0.1  # fit from which a text is taken for Chinese, Japanese or Korean whatever else it may be
OBVIOUS = 0.3  # fit from which it is believed even against a Western label
LIKELY = -0.25  # fit from which it is, if it is in no alphabet's language
CLOSE = 0.03  # by how much more disorderly than another alphabet windows-1252 may look

_SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作"
    "里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从"
    "想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头"
    "文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提"
    "立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务"
    "做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像"
    "难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导"
    "争运您吗吧呢啊请谢爱吃喝买卖车费价网站联址邮服客户店商"
)
_TRADITIONAL = (
    "這個們來為國說時會對於著過發後裡種經麼學現當沒動還進樣開從實軍無與長機關點業將兩間問並應戰頭體見產"
    "話內給門兒東聲員論處義幾認條氣題爾別變總電數報結務場計資許統區隊決馬書則聽卻達強難權設記類據邊張該"
    "規萬覺術領確傳師觀讓識帶導爭運嗎請謝愛買賣車費價網聯郵務戶"
)
_KOREAN = (
    "이다는에의을를가고은한하지로도기사서자어리대인일시그나정부수있라보해으만아제주상전장게여면들스원구소성"
    "거국공비유조경과와년적동안생우것미중연오당위학신관세할개었같했음때까모른말없문요계물방발야화된회무실평"
    "양용행선분교내치영민려트반진심재등입통금산업식건체남북후명니습합드광격"
)
_FREQUENT = frozenset(_SIMPLIFIED + _TRADITIONAL + _KOREAN)
_KANA = re.compile(r"[\u3041-\u3093\u30a1-\u30f6\u30fc]")
_SIGN = re.compile(r"[\u2014\u2018-\u201d\u2026\u3000-\u3011\uff01-\uff5e]")

# Lead and trail bytes of each charset's everyday characters: its first level, which is ordered by
# sound or strokes and leaves rare characters to the second.
_EVERYDAY = {
    "gb18030": (range(0xB0, 0xD8), range(0xA1, 0xFF)),
    "big5hkscs": (range(0xA4, 0xC7), range(0x40, 0xFF)),
    "cp949": (range(0xB0, 0xC9), range(0xA1, 0xFF)),
    "cp932": (range(0x88, 0x98), range(0x40, 0xFD)),
    "euc_jp": (range(0xB0, 0xD0), range(0xA1, 0xFF)),
}
IDEOGRAPHIC = tuple(_EVERYDAY)
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257")
_SCRIPTS = ("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874")
# Where windows-1250 has the Polish letters.
_SIGN_IN_WORD = re.compile("[A-Za-z][\xa1-\xb6\xb8-\xbf][a-z]")

# Two East Asian characters, or most of a word of Cyrillic; no-break spaces come in rows anywhere.
HIGH_RUN = re.compile(rb"[\x80-\x9f\xa1-\xff]{4}")


def detect(data: bytes) -> str:
    """The codec of bytes that are neither ASCII nor UTF-8.

    For Chinese, Japanese and Korean the candidates are compared by how frequent their characters
    are, which works from a handful of characters on. Alphabets are left to charset-normalizer, but
    windows-1252 wins unless another reads clearly better: most undeclared text is in it.
    """
    codec, fit = ideographic(data)
    if codec and fit >= SURE:
        return codec
    alphabet, is_language = _alphabet(data)
    if codec and fit >= LIKELY and HIGH_RUN.search(data) and not is_language:
        return codec
    return alphabet


def other_script(data: bytes) -> str | None:
    """The codec of bytes that a Western label cannot be right for; None where it may be right."""
    if not HIGH_RUN.search(data):
        return None
    codec, fit = ideographic(data)
    if codec and fit >= OBVIOUS:
        return codec
    alphabet, is_language = _alphabet(data)
    return alphabet if is_language and alphabet in _SCRIPTS else None


def _alphabet(data: bytes) -> tuple[str, bool]:
    """The codec of an alphabet that fits best, and whether a language was recognised by it."""
    scripts = _SCRIPTS if HIGH_RUN.search(data) else ()
    matches = from_bytes(_evidence(data), cp_isolation=[*_LATIN, *scripts])
    best = matches.best()
    if best is None:
        return "cp1252", False
    close = {
        codec: match
        for match in matches
        for codec in match.could_be_from_charset
        if match.chaos <= best.chaos + CLOSE
    }
    if "cp1254" in close and close["cp1254"].language == "Turkish":
        return "cp1254", True
    if "cp1252" in close and _SIGN_IN_WORD.search(str(close["cp1252"])):
        del close["cp1252"]
    if best.encoding in _SCRIPTS and "cp1252" not in close:
        return best.encoding, best.coherence > 0
    codec = next(codec for codec in (*_LATIN, *_SCRIPTS) if codec in close)
    return codec, close[codec].coherence > 0


def ideographic(data: bytes) -> tuple[str | None, float]:
    """The East Asian codec that fits best, and how well, from -1 to +1; None where none can be."""
    evidence = _evidence(data)
    best, best_fit = None, -1.0
    for codec in IDEOGRAPHIC:
        try:
            text = evidence.decode(codec)
        except UnicodeDecodeError:
            continue
        if (fit := _fit(text, codec)) > best_fit:
            best, best_fit = codec, fit
    return best, best_fit


def _fit(text: str, codec: str) -> float:
    # Each distinct character once, and never one alone: a ruler drawn in one sign is no language.
    characters = {character for character in text if not character.isascii()}
    if len(characters) < 2:
        return -1.0
    everyday, kana = _everyday(codec), codec in ("cp932", "euc_jp")
    points = 0
    for character in characters:
        if character in _FREQUENT or (kana and _KANA.match(character)):
            points += 1
        elif character not in everyday and not _SIGN.match(character):
            points -= 1
    return points / len(characters)


@cache
def _everyday(codec: str) -> frozenset[str]:
    leads, trails = _EVERYDAY[codec]
    pairs = (bytes((lead, trail)).decode(codec, "ignore") for lead in leads for trail in trails)
    return frozenset(pair for pair in pairs if len(pair) == 1)


def _evidence(data: bytes) -> bytes:
    lines: list[bytes] = []
    size = 0
    for line in data.split(b"\n"):
        if line.isascii():
            continue
        lines.append(line)
        size += len(line)
        if size >= EVIDENCE:
            break
    return b"\n".join(lines)
