import random

import pytest
from transformers import PreTrainedTokenizerFast

from luthier.tasks.task import tokenize
from tests.tiny import FAMILIES, WORDS, tokenizer_of

MAX_LENGTH = 12


def texts(tokenizer: PreTrainedTokenizerFast, count: int = 60) -> list[str]:
    """Short and long ones, with the tokenizer's own special tokens among the words."""
    draw = random.Random(3)
    words = [*WORDS, *tokenizer.all_special_tokens, "\ud800", "很好"]
    return [" ".join(draw.choices(words, k=draw.randrange(20))) for _ in range(count)]


@pytest.mark.parametrize("pairs", [False, True])
@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("family", FAMILIES)
def test_texts_are_cut_as_the_tokenizer_itself_cuts_them(
    family: str, side: str, pairs: bool
) -> None:
    tokenizer = tokenizer_of(family)
    tokenizer.truncation_side = side
    first = texts(tokenizer)
    second = first[::-1] if pairs else None
    tokens, lengths = tokenize(tokenizer, first, second, MAX_LENGTH)
    sound = [[t.replace("\ud800", "\ufffd") for t in some] for some in (first, second) if some]
    own = tokenizer(*sound, truncation=True, max_length=MAX_LENGTH)
    assert max(lengths) > MAX_LENGTH
    assert lengths == [len(ids) for ids in tokenizer(*sound)["input_ids"]]
    assert tokens["input_ids"] == own["input_ids"]
    if pairs and "token_type_ids" in tokenizer.model_input_names:
        assert tokens["token_type_ids"] == own["token_type_ids"]
