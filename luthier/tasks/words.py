"""Words of a sentence as pieces of a model's vocabulary, each word by itself."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase

from luthier.core.records import Row
from luthier.scoring.texts import SPACELESS
from luthier.tasks.pieces import Pieces, pieces_of

_CLOSE = f"{SPACELESS}\u3001-\u303f\uff00-\uffef"
"""What stands without spaces: such scripts, their punctuation, and forms of full or half width."""
# Vowel signs and accents are no word characters to `re`, though words go on through them.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff"
_WORD = re.compile(
    rf"[{_CLOSE}]|[@#]?[^\W{_CLOSE}](?:[^\s{_CLOSE}]*(?:[^\W{_CLOSE}]|[{_MARKS}]))?|(\S)\1*"
)
_BEGINS_CLOSE = re.compile(rf"[{_CLOSE}]")
_ENDS_CLOSE = re.compile(rf"[{_CLOSE}]\Z")
_SPACE_MARKS = ("▁", "Ġ")
"""What SentencePiece and byte-level BPE write for a space, at the beginning of a piece."""


def split_words(text: str) -> list[tuple[int, int]]:
    """Where the words of a text begin and end, counted in characters.

    Words end at white space; signs at their ends stand alone, those within them do not (`don't`,
    `U.S`), nor do the @ and # of names. Each character of a script without spaces is a word.
    """
    return [match.span() for match in _WORD.finditer(text)]


def words_of(row: Row) -> list[str]:
    """The tokens of a row; of a row that has none, the words of its text."""
    tokens: list[str] | None = row.get("tokens")
    if tokens is not None:
        return tokens
    text: str = row["text"]
    return [text[start:end] for start, end in split_words(text)]


def word_pieces(
    sentences: Sequence[Sequence[str]], tokenizer: PreTrainedTokenizerBase
) -> list[list[Pieces]]:
    """The pieces of every word of every sentence, in one call of the tokenizer.

    A sentence becomes what the tokenizer makes of it in running text, with a space between words
    unless one of them is Chinese or of another script without spaces; but no piece reaches over
    two words. Of a blank word, and one that the tokenizer drops, such as a control character,
    there is no piece.
    """
    marks = _marks_beginnings(tokenizer)
    forms = [list(_forms(words, first_is_apart=marks)) for words in sentences]
    distinct = list(dict.fromkeys(form for sentence in forms for form in sentence))
    found = dict(zip(distinct, _pieces(distinct, marks, tokenizer), strict=True))
    return [[found[form] for form in sentence] for sentence in forms]


_Form = tuple[str, bool]
"""A word, and whether it stands apart: behind a space."""


def _forms(words: Sequence[str], first_is_apart: bool) -> Iterator[_Form]:
    for before, word in zip([None, *words], words, strict=False):
        if before is None:
            yield word, first_is_apart
        else:
            yield word, not (_ENDS_CLOSE.search(before) or _BEGINS_CLOSE.match(word))


def _pieces(
    forms: Sequence[_Form], marks: bool, tokenizer: PreTrainedTokenizerBase
) -> Iterator[Pieces]:
    texts = [f" {word}" if apart and not marks else word for word, apart in forms]
    for (word, apart), ids in zip(forms, pieces_of(texts, tokenizer), strict=True):
        if not word.strip():
            yield []
        else:
            yield _unmarked(ids, tokenizer) if marks and not apart else ids


def _marks_beginnings(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether a text begins as if a space stood before it, as SentencePiece has it."""
    return _first_piece(pieces_of(["a"], tokenizer)[0], tokenizer).startswith(_SPACE_MARKS)


def _unmarked(ids: Pieces, tokenizer: PreTrainedTokenizerBase) -> Pieces:
    """The pieces without the sign for a space before them, as far as the vocabulary has such."""
    first = _first_piece(ids, tokenizer)
    if not first.startswith(_SPACE_MARKS):
        return ids
    if len(first) == 1:
        return ids[1:] or ids
    bare: Any = tokenizer.convert_tokens_to_ids(first[1:])
    return ids if bare in (None, tokenizer.unk_token_id) else [bare, *ids[1:]]


def _first_piece(ids: Pieces, tokenizer: PreTrainedTokenizerBase) -> str:
    return "".join(tokenizer.convert_ids_to_tokens(ids[:1]))
