"""How surprising answers are: the model's own log-probabilities, with and without the prompt."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from luthier.core.errors import UserError
from luthier.evaluation.answer_losses import AnswerLosses
from tests.tiny import save_tiny

PROMPTS = ["win money now", "", "see you"]
ANSWERS = ["the report is here", "the team", "now the money is here and the team"]


@pytest.fixture(scope="module", params=["qwen2", "gpt2"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny(tmp_path_factory.mktemp("causal"), request.param))


def test_the_loss_is_the_mean_over_the_answers_tokens(model: str) -> None:
    found = AnswerLosses(model)(PROMPTS, ANSWERS)
    tokenizer = AutoTokenizer.from_pretrained(model)
    network = AutoModelForCausalLM.from_pretrained(model).eval()
    begin = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    for row, (prompt, answer) in enumerate(zip(PROMPTS, ANSWERS, strict=True)):
        own = tokenizer(answer, add_special_tokens=False)["input_ids"]
        for column, text in enumerate([prompt, ""]):
            before = begin + (tokenizer(text, add_special_tokens=False)["input_ids"] or [])
            first = len(before) + 1 - len(begin)
            ids = torch.tensor([[*map(int, before), *own]])
            with torch.inference_mode():
                logs = network(ids).logits[0].log_softmax(-1)
            losses = [-logs[at - 1, ids[0, at]].item() for at in range(first, ids.shape[1])]
            assert found[row, column] == pytest.approx(np.mean(losses), rel=2e-2)


def test_without_a_prompt_the_answer_is_as_surprising_as_alone(model: str) -> None:
    found = AnswerLosses(model)([""], ["the team is here"])
    assert found[0, 0] == pytest.approx(found[0, 1], rel=1e-3)


def test_an_empty_answer_has_no_loss(model: str) -> None:
    assert np.isnan(AnswerLosses(model)(["win"], [""])).all()


def test_a_prompt_that_is_too_long_loses_its_beginning(model: str) -> None:
    found = AnswerLosses(model)(["money " * 3000], ["the team is here"])
    assert np.isfinite(found).all()


def test_a_model_that_only_reads_is_refused(tiny_bert: Path) -> None:
    with pytest.raises(UserError, match="finds no answer surprising"):
        AnswerLosses(str(tiny_bert))
