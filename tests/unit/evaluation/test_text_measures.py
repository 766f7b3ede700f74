"""What models say of texts: perplexity, and the probability of labels."""

from pathlib import Path

import numpy as np
import pytest
import torch

from luthier.core.errors import UserError
from luthier.evaluation.text_measures import Perplexity
from luthier.models.load import load_model, load_tokenizer
from tests.tiny import save_tiny, save_tiny_bert

TEXTS = ["buy cheap pills now", "the report of the team", "see you tomorrow and thanks"]


@pytest.fixture(scope="module", params=["llama", "qwen2"])
def decoder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One whose texts begin with a token of their own, and one whose do not."""
    return str(save_tiny(tmp_path_factory.mktemp("tiny") / request.param, request.param))


def test_perplexity_is_that_of_the_models_own_loss(decoder: str) -> None:
    tokenizer = load_tokenizer(decoder)
    network = load_model(decoder, "AutoModelForCausalLM", {}, seed=0)
    begin = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    expected = []
    for text in TEXTS:
        ids = torch.tensor([begin + tokenizer(text, add_special_tokens=False)["input_ids"]])
        with torch.inference_mode():
            expected.append(float(network(input_ids=ids, labels=ids).loss.exp()))
    np.testing.assert_allclose(Perplexity(decoder)(TEXTS), expected, rtol=0.05)


def test_a_text_alone_has_the_perplexity_that_it_has_among_others(decoder: str) -> None:
    perplexity = Perplexity(decoder)
    alone = np.concatenate([perplexity([text]) for text in TEXTS])
    np.testing.assert_allclose(perplexity(TEXTS), alone, rtol=0.05)


def test_a_text_without_a_predicted_token_has_no_perplexity(decoder: str) -> None:
    found = Perplexity(decoder)(["", "buy now"])
    assert np.isnan(found).tolist() == [True, False]


def test_no_texts_have_no_perplexities(decoder: str) -> None:
    assert Perplexity(decoder)([]).shape == (0,)


def test_longer_texts_than_the_model_takes_are_read_to_its_end(decoder: str) -> None:
    assert np.isfinite(Perplexity(decoder)(["buy now " * 500])).all()


def test_a_model_that_continues_nothing_is_refused(tmp_path: Path) -> None:
    folder = save_tiny_bert(tmp_path / "bert")
    with pytest.raises(UserError, match="has no perplexity"):
        Perplexity(str(folder))
