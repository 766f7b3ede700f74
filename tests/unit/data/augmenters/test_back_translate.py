"""There and back again."""

from collections.abc import Sequence
from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.augmenter import Added, Means
from luthier.data.augmenters.back_translate import BackTranslate
from luthier.data.lent import Writes, Writing


class Models:
    """Two models: one shouts, one says it the other way round."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def writer(self, model: str, writing: Writing) -> Writes:
        return _Model(model, self.asked)

    def judge(self, run: str) -> Any:
        raise AssertionError

    def perplexity(self, model: str) -> Any:
        raise AssertionError

    def probability(self, run: str, labels: Sequence[str]) -> Any:
        raise AssertionError


class _Model:
    def __init__(self, name: str, asked: list[str]):
        self.identity, self._asked = name, asked

    def __call__(self, prompts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        self._asked += prompts
        if self.identity == "shout":
            return [prompt.upper() for prompt in prompts]
        return [" ".join(reversed(prompt.split())) for prompt in prompts]


def run(rows: Sequence[Row], models: Models) -> list[Row]:
    augmenter, means = BackTranslate(there="shout", back="turn", share=1.0), Means(7, models)
    augmenter.begin(rows, means)
    return [made for _, made in augmenter.augment(rows, means, Added("back_translate"))]


def test_a_text_goes_through_both_models() -> None:
    (made,) = run([Row({"text": "one two", "label": "a"})], Models())
    assert made.fields == {"text": "TWO ONE", "label": "a"}


def test_equal_texts_are_asked_once_and_a_second_run_asks_nothing() -> None:
    models = Models()
    rows = [Row({"text": "one two", "label": label}) for label in "ab"]
    assert len(run(rows, models)) == 2
    assert models.asked == ["one two", "ONE TWO"]
    run(rows, models)
    assert len(models.asked) == 2


@pytest.mark.parametrize(
    "options",
    [{}, {"there": "a"}, {"back": "b"}, {"there": "a", "back": "b", "apertium": "eng-spa"}],
)
def test_either_two_models_or_a_pair_of_languages(options: dict[str, str]) -> None:
    with pytest.raises(UserError, match="name two models"):
        BackTranslate(**options)
