"""Bytes to text: by the charset that is declared, else by the one that fits, else with losses."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from luthier.data.text.charset_detection import IDEOGRAPHIC, detect, other_script

# Labels mean what the WHATWG Encoding Standard says they mean: the superset that is in use.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso2022_jp": "iso2022_jp_ext",
}
# What is left of labels such as `gb2312_charset`, `chinesebig5`, `x-x-big5` or `iso-8859-1'`.
_PIECE = re.compile(
    r"gb_?2312|gbk|big5|ks_?c_?5601|euc-(?:kr|jp)|s(?:hift)?[-_]?jis|koi8"
    r"|(?:windows-|cp)(?:125\d|874|949)|iso-?8859-1?\d|iso-2022-(?:jp|kr)|utf-?8"
)
_PYTHON_NAMES = {"gb_2312": "gb2312", "ksc5601": "euc_kr", "ksc_5601": "euc_kr", "koi8": "koi8-r"}
_NO_CHARSETS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}

_WIDE = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}

_UNDECODED = re.compile("[\udc80-\udcff]|\x1b[$(]")
_STRAY = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_ESCAPE = re.compile(rb"\x1b[$(]")  # how ISO-2022 charsets change their character set
_MULTIBYTE = ("utf-8", *IDEOGRAPHIC)
_BROKEN = re.compile("\ufffd+")
_LOW = re.compile("[\x80-\u07ff]")
_HIGH = re.compile("[\u0800-\ufffc\U00010000-\U0010ffff]")
_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x85]")
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the codec it was read by, and whether bytes were lost on the way."""

    text: str
    codec: str
    lossy: bool = False


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Read bytes by the declared charset if it can be right, else by one that fits; never fails.

    A label is not believed if the bytes cannot be read by it, if they are valid UTF-8 and it names
    a charset of single bytes, or if it is the Western label that mail programs put by default and
    the bytes make sense in another script.

    Args:
        data: the bytes.
        declared: a charset label, as a mail header or an HTML page gives it.
    """
    if data.isascii() and not _ESCAPE.search(data):
        return Decoded(data.decode("ascii"), "ascii")
    label = codec_of(declared) if declared else None
    for codec in _candidates(data, label):
        try:
            return Decoded(data.decode(codec), codec)
        except UnicodeDecodeError:
            if codec in _MULTIBYTE and _is_mostly(data, codec):
                return Decoded(data.decode(codec, "replace"), codec, lossy=True)
    codec = label or detect(data)
    return Decoded(data.decode(codec, "replace"), codec, lossy=True)


def _candidates(data: bytes, label: str | None) -> Iterator[str]:
    if _ESCAPE.search(data):
        yield from ("iso2022_jp_ext", "iso2022_kr")
    if data.startswith(codecs.BOM_UTF8):
        yield "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield "utf-16"
    if label in _WIDE:
        # Whoever could read this label read it in some superset of ASCII.
        label = label if b"\0" in data else None
    if label in IDEOGRAPHIC:
        yield label
    yield "utf-8"
    if label == "cp1252" and (codec := other_script(data)) is not None:
        yield codec
    if label:
        yield label
    yield detect(data)


def _is_mostly(data: bytes, codec: str) -> bool:
    """Whether bytes are in a codec but for a few places: cut or spliced within a character."""
    text = data.decode(codec, "replace")
    # Two bytes may pass for a Latin or Cyrillic character by chance; three or a Han one hardly do.
    whole = 4 * len(_HIGH.findall(text)) + len(_LOW.findall(text))
    return whole > 8 * len(_BROKEN.findall(text))


@lru_cache(maxsize=1024)
def codec_of(label: str) -> str | None:
    """The Python codec a charset label means; None for labels that name no charset."""
    name = label.strip().strip("\"'").lower()
    piece = _PIECE.search(name)
    for candidate in (name, piece and piece.group().replace("windows-", "cp")):
        if not candidate:
            continue
        try:
            "a".encode(codec := codecs.lookup(_PYTHON_NAMES.get(candidate, candidate)).name)
        except (LookupError, ValueError):
            continue
        if codec not in _NO_CHARSETS:
            return _SUPERSETS.get(codec, codec)
    return None


def holds_bytes(text: str) -> bool:
    """Whether a text holds bytes that were never decoded: lone surrogates, or ISO-2022 escapes."""
    return bool(_UNDECODED.search(text))


def bytes_of(text: str) -> bytes:
    """The bytes a text was read from as UTF-8 with `surrogateescape`; other surrogates are lost."""
    return _STRAY.sub("\ufffd", text).encode("utf-8", "surrogateescape")


def without_controls(text: str) -> str:
    """The text with every line break as a newline, and no control characters but it and the tab."""
    return _CONTROL.sub("", _BREAK.sub("\n", text))
