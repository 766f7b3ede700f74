"""Words that mean the same, from WordNet's files or from a table of one's own."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from pathlib import Path
from zipfile import ZipFile

from luthier.core.errors import UserError

SENSES = 2
"""Meanings of a word that count, unless a recipe says otherwise."""
_PARTS = ("noun", "verb", "adj", "adv")
_MARK = re.compile(r"\([a-z]+\)$")  # where an adjective may stand, as in `galore(ip)`
_CILIN = re.compile(r"[A-L][a-z]\d\d[A-Z]\d\d(?P<kind>[=#@])$")
_WORDNET = "corpora/wordnet"
_SYSTEM = ("/usr/share/wordnet", "/usr/local/share/wordnet", "/usr/share/nltk_data/corpora/wordnet")

# Words of grammar. WordNet knows some of them as rare nouns: `a` is the blood group, `in` an inch.
_GRAMMAR = """
a about above after again against all also although am among an and another any are as at be
because been before being below between both but by can cannot could did do does doing done down
during each either else even ever every few for from further had has have having he her here
hers herself him himself his how however i if in into is it its itself just least less lot many
may me might mine more most much must my myself neither no nobody none nor not nothing now of
off on once one only onto or other ought our ours out over own per quite rather s same shall she
should since so some such t than that the their theirs them themselves then there these they
this those though through thus to too two under until up upon us very was we were what when
where whether which while who whom whose why will with within without would yes yet you your
yours yourself
"""
GRAMMAR = frozenset(_GRAMMAR.split())


class WordNet:
    """English synonyms by the database files of WordNet 3.x (`man 5 wndb`): `index.noun`, ...

    The files are read directly: nltk's reader wants a file `lexnames` besides, which neither
    Debian's package nor npm's has. Only words that stand in their base form are known, so that
    what replaces them has the right form, too.

    Args:
        place: a folder of the files, or nltk's `wordnet.zip`.
        senses: how many of a word's meanings count, the most frequent first, of its most frequent
            part of speech.

    Raises:
        UserError: the files are not there.
    """

    def __init__(self, place: Path, senses: int = SENSES):
        self._senses = senses
        self._index: dict[str, tuple[int, str, list[int]]] = {}
        self._data: dict[str, bytes] = {}
        for part in _PARTS:
            self._data[part] = _member(place, f"data.{part}")
            for line in _member(place, f"index.{part}").splitlines():
                self._learn(part, line)

    def of(self, word: str) -> list[str]:
        """What may stand for a word, without the word itself; case is the first letter's."""
        lemma = word.lower().replace(" ", "_")
        if lemma in GRAMMAR or lemma not in self._index:
            return []
        _, part, offsets = self._index[lemma]
        found = dict.fromkeys(chain.from_iterable(_lemmas(self._data[part], o) for o in offsets))
        is_name = word[:1].isupper()
        return [
            other[:1].upper() + other[1:] if is_name else other
            for other in found
            if other.lower() != word.lower()
        ]

    def _learn(self, part: str, line: bytes) -> None:
        if line.startswith(b" "):  # the licence
            return
        fields = line.decode("utf-8", "replace").split()
        pointers = int(fields[3])
        tagged = int(fields[5 + pointers])  # how many senses were met in the tagged corpus
        offsets = [int(offset) for offset in fields[6 + pointers :][: self._senses]]
        known = self._index.get(fields[0])
        if known is None or tagged > known[0]:
            self._index[fields[0]] = (tagged, part, offsets)


class Table:
    """Synonyms by groups: whoever shares a group with a word may stand for it."""

    def __init__(self, groups: Iterable[list[str]]):
        self._groups = [group for group in groups if len(group) > 1]
        self._of: dict[str, list[int]] = {}
        for number, group in enumerate(self._groups):
            for word in group:
                self._of.setdefault(word.lower(), []).append(number)

    def __len__(self) -> int:
        return len(self._groups)

    def of(self, word: str) -> list[str]:
        """What may stand for a word, without the word itself."""
        numbers = self._of.get(word.lower(), ())
        found = dict.fromkeys(other for number in numbers for other in self._groups[number])
        return [other for other in found if other.lower() != word.lower()]


Synonyms = WordNet | Table


def read_table(path: Path) -> Table:
    """A table of one's own: a group of words a line, between spaces, tabs or commas.

    Two published forms are known by their look: Cilin's (`Aa01A01= 人 士 人物`; only groups marked
    `=` mean the same), and the `.tab` files of Open Multilingual WordNet, such as
    `wn-data-cmn.tab`, whose lines of one synset are a group.

    Raises:
        UserError: no such file, not UTF-8, or no line with two words.
    """
    try:
        text = path.expanduser().read_text("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: is not in UTF-8. Save it so.") from None
    return _table(path, text)


@lru_cache(maxsize=4)
def find_wordnet(senses: int, place: str | None = None) -> WordNet:
    """WordNet where it is said to be, or where nltk's downloader or Debian's package puts it.

    Raises:
        UserError: it is nowhere; with what to install.
    """
    places = [Path(place).expanduser()] if place else list(_usual_places())
    for found in places:
        if found.is_file() or (found / "index.noun").is_file():
            return WordNet(found, senses)
    if place:
        raise UserError(f"{place}: holds no WordNet (index.noun, data.noun, ...).")
    raise UserError(
        "synonyms: WordNet is not installed. `apt install wordnet-base`, or `python -m "
        "nltk.downloader wordnet`, or name a file of your own: table: FILE (a group of words a "
        "line), which is also the way for Chinese."
    )


def _usual_places() -> Iterator[Path]:
    folders = [Path(part) for part in os.environ.get("NLTK_DATA", "").split(os.pathsep) if part]
    folders += [Path.home() / "nltk_data", Path("/usr/share/nltk_data")]
    for folder in folders:
        yield folder / _WORDNET
        yield folder / f"{_WORDNET}.zip"
    yield from map(Path, _SYSTEM)


def _member(place: Path, name: str) -> bytes:
    try:
        if place.is_dir():
            return (place / name).read_bytes()
        with ZipFile(place) as archive:
            return archive.read(f"wordnet/{name}")
    except (OSError, KeyError) as error:
        raise UserError(f"{place}: {name} of WordNet is missing. Install it anew.") from error


def _lemmas(data: bytes, offset: int) -> Iterator[str]:
    """The words of a synset: `offset file type count(hex) word lex_id word lex_id ...`."""
    line = data[offset : data.index(b"\n", offset)].decode("utf-8", "replace").split()
    count = int(line[3], 16)
    for word in line[4 : 4 + 2 * count : 2]:
        yield _MARK.sub("", word).replace("_", " ")


def _table(path: Path, text: str) -> Table:
    lines = text.splitlines()
    if any("\tcmn:lemma\t" in line or ":lemma\t" in line for line in lines[:50]):
        table = Table(_synsets(lines))
    else:
        table = Table(filter(None, map(_group, lines)))
    if not len(table):
        raise UserError(f"{path}: no line has two words that mean the same.")
    return table


def _group(line: str) -> list[str]:
    words = [word for word in re.split(r"[\s,，、;；|]+", line.strip()) if word]
    if words and (code := _CILIN.match(words[0])):
        return words[1:] if code["kind"] == "=" else []
    return words


def _synsets(lines: Iterable[str]) -> Iterable[list[str]]:
    groups: dict[str, list[str]] = {}
    for line in lines:
        parts = line.split("\t")
        if len(parts) == 3 and parts[1].endswith("lemma"):
            # Chinese Open WordNet writes particles behind a plus sign: 大+的.
            groups.setdefault(parts[0], []).append(parts[2].strip().replace("+", ""))
    mapped: Mapping[str, list[str]] = groups
    return mapped.values()
