"""What a text shares with a reference: n-grams, and the longest common subsequence (Lin 2004)."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal

from luthier.scoring.texts import tokens

Kind = Literal["rouge1", "rouge2", "rougeL"]
Tokens = Sequence[str]


def rouge_f1(kind: Kind, reference: Tokens, prediction: Tokens) -> float:
    """ROUGE F1 of two lists of tokens, as rouge-score computes it from the same tokens.

    Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004. rouge1 and rouge2 count
    the n-grams that both have; rougeL the longest common subsequence, here by bits, tens of times
    as fast as a table.
    """
    if kind == "rougeL":
        return _f1(_common_subsequence(reference, prediction), len(reference), len(prediction))
    n = int(kind[-1])
    there, found = _ngrams(reference, n), _ngrams(prediction, n)
    return _f1((there & found).total(), there.total(), found.total())


def tokenizer(*, use_stemmer: bool) -> Callable[[str], list[str]]:
    """The tokens of a text (see `texts.tokens`), English words reduced to their stems if wanted.

    The stemmer is rouge-score's: Porter's, for words of more than three letters.
    """
    if not use_stemmer:
        return tokens
    # Brings nltk along, a second of imports that nobody else needs.
    from rouge_score.tokenizers import DefaultTokenizer  # type: ignore[import-untyped]

    english = DefaultTokenizer(use_stemmer=True)

    @lru_cache(maxsize=100_000)
    def stem(word: str) -> str:
        return "".join(english.tokenize(word)) if word.isascii() else word

    return lambda text: [stem(word) for word in tokens(text)]


def _ngrams(found: Tokens, n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(found[start:] for start in range(n)), strict=False))


def _common_subsequence(first: Tokens, second: Tokens) -> int:
    """The length of the longest common subsequence, by bits in one integer (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for place, token in enumerate(first):
        places[token] = places.get(token, 0) | 1 << place
    everywhere = (1 << len(first)) - 1
    unmatched = everywhere
    for token in second:
        matched = unmatched & places.get(token, 0)
        unmatched = ((unmatched + matched) | (unmatched - matched)) & everywhere
    return len(first) - unmatched.bit_count()


def _f1(shared: int, there: int, found: int) -> float:
    return 2 * shared / (there + found) if shared else 0.0
