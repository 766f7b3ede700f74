"""Drops rows whose text is hardly language: symbols, digits, repetitions, lists of keywords."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal, final

from pydantic import Field

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.cleaner import ModelFilter, Tally
from luthier.data.lent import Measures, Models
from luthier.data.text.fields import TEXT_FIELDS, TextField, texts_of
from luthier.data.text.readable import readable
from luthier.data.text.repetition import repeats_lines, repeats_phrases
from luthier.data.text.scripts import han_share
from luthier.data.text.signs import count_digits, count_symbols

Share = Annotated[float, Field(ge=0, le=1)]
Rule = Literal["repetition", "word_length"]

_LATIN = re.compile("[a-z]")
_SHORT = 20  # characters; what is shorter cannot be judged by shares
_LONG = 50  # words; from here on sentences are to be expected (Gopher's shortest document)
_HAN_WORD = 2  # characters that count for a word
_MOSTLY = 0.3
_WORD_LENGTHS = (3.0, 10.0)  # Gopher's bounds for the mean, in scripts of spaced words
_COMMONEST = """
the be to of and that have with der die und das ist nicht mit den le la les et des est une que
el los en por con una para il di che non per o os e em um na het een van niet voor
"""
_STOP_WORDS = frozenset(_COMMONEST.split())
_HAN_STOP_WORDS = "的了是在和不有我这那他你就也以之其而为者与于"


@final
class KeepQuality(ModelFilter):
    """Drops rows whose text is hardly language: symbols, digits, repetitions, lists of keywords.

    The rules are those that Gopher's corpus was cleaned by (Rae et al., 2021, appendix A), with
    units for Chinese: two characters count for a word. All texts of a row are judged together;
    below 20 characters nothing is judged; repeated phrases, word length and stop words only from 50
    words on. With a model, text that it finds too surprising, or too predictable, goes too.

    Args:
        max_symbol_share: of the characters without white space, how many may be symbols: neither
            letters nor digits nor punctuation; 1 allows all.
        max_digit_share: likewise for digits.
        rules: `repetition`: texts go that repeat lines or phrases; `word_length`: texts go whose
            words have fewer than 3 or more than 10 characters in the mean, except in Chinese.
        min_stop_words: how many different ones of the commonest words a long text must have, in
            Latin script or Chinese: keyword lists have none. For languages other than English,
            German, French, Spanish, Italian, Portuguese, Dutch and Chinese, write 0.
        model: whose perplexity is asked: `catalog:smollm2-135m`, a folder or a hub id. It should
            know the language of the rows.
        max_perplexity: above this, text goes.
        min_perplexity: below this, text goes: boilerplate, or learnt by heart.
        fields: only these; else every text of a row but system messages.

    Raises:
        UserError: a model without a bound, a bound without a model, or bounds that cross.
    """

    def __init__(
        self,
        *,
        max_symbol_share: Share = 0.3,
        max_digit_share: Share = 0.3,
        rules: tuple[Rule, ...] = ("repetition", "word_length"),
        min_stop_words: Annotated[int, Field(ge=0)] = 2,
        model: str | None = None,
        max_perplexity: Annotated[float, Field(gt=1)] | None = None,
        min_perplexity: Annotated[float, Field(ge=1)] | None = None,
        fields: tuple[TextField, ...] = TEXT_FIELDS,
    ):
        _require_sense(model, min_perplexity, max_perplexity)
        self._max_symbol_share = max_symbol_share
        self._max_digit_share = max_digit_share
        self._rules = rules
        self._min_stop_words = min_stop_words
        self._model = model
        self._perplexity: Measures | None = None
        self._bounds = (min_perplexity or 0.0, max_perplexity or float("inf"))
        self._fields = fields

    @property
    def asks(self) -> str | None:
        """The option, if a model is named."""
        return None if self._model is None else "keep_quality.model"

    def open(self, models: Models) -> None:
        """Take the perplexity under the model."""
        assert self._model is not None
        self._perplexity = models.perplexity(self._model)

    def reasons(self, rows: Sequence[Row], tally: Tally) -> list[str | None]:
        """By the rules; what they let pass, by perplexity."""
        texts = [readable("\n".join(texts_of(row, self._fields))) for row in rows]
        found = [self._fault(text) for text in texts]
        if self._perplexity is not None:
            rest = [number for number, reason in enumerate(found) if reason is None]
            low, high = self._bounds
            answers = self._perplexity([texts[number] for number in rest])
            for number, perplexity in zip(rest, answers.tolist(), strict=True):
                if perplexity > high:
                    found[number] = "perplexity too high"
                elif perplexity < low:
                    found[number] = "perplexity too low"
        return found

    def _fault(self, text: str) -> str | None:
        total = len("".join(text.split()))
        if total < _SHORT:
            return None
        if count_symbols(text) > self._max_symbol_share * total:
            return "too many symbols"
        if count_digits(text) > self._max_digit_share * total:
            return "too many digits"
        if "repetition" in self._rules and repeats_lines(text):
            return "repeated lines"
        if "repetition" in self._rules and repeats_phrases(text):
            return "repeated phrases"
        if han_share(text) >= _MOSTLY:
            return self._han_fault(text, total)
        return self._spaced_fault(text, total)

    def _han_fault(self, text: str, total: int) -> str | None:
        if total < _LONG * _HAN_WORD:
            return None
        found = sum(word in text for word in _HAN_STOP_WORDS)
        return "too few stop words" if found < self._min_stop_words else None

    def _spaced_fault(self, text: str, total: int) -> str | None:
        words = text.lower().split()
        if len(words) < _LONG:
            return None
        shortest, longest = _WORD_LENGTHS
        if "word_length" in self._rules and not shortest <= total / len(words) <= longest:
            return "word length"
        wanted = self._min_stop_words
        if wanted and len(_STOP_WORDS.intersection(words)) < wanted and _LATIN.search(text):
            return "too few stop words"
        return None


def _require_sense(model: str | None, least: float | None, most: float | None) -> None:
    if model is not None and least is None and most is None:
        raise UserError(
            "keep_quality.model: nothing is asked of it. Give `max_perplexity` or "
            "`min_perplexity`, or leave it out."
        )
    if model is None and (least is not None or most is not None):
        raise UserError(
            "keep_quality.model: perplexity under which model? Write `model: catalog:smollm2-135m`."
        )
    if least is not None and most is not None and least >= most:
        raise UserError(
            f"keep_quality.min_perplexity: {least:g} is not below `max_perplexity`, {most:g}."
        )
