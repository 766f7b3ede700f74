"""Models that are lent to the data layer: they write and judge, the same every time."""

from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.data.lent import Writing
from luthier.evaluation.lending import Lender
from tests.tiny import save_tiny

PROMPTS = ["win money now", "see you", "the report is here and the team"]
WRITING = Writing(temperature=1.0, max_new_tokens=8)


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny(tmp_path_factory.mktemp("chat"), "qwen2"))


@pytest.mark.parametrize("family", ["qwen2", "gpt2", "bart"])
def test_a_pretrained_model_writes_one_text_a_prompt(family: str, tmp_path: Path) -> None:
    model = str(save_tiny(tmp_path, family))
    said = Lender().writer(model, WRITING)(PROMPTS, [1, 2, 3])
    assert len(said) == 3
    assert all(isinstance(text, str) for text in said)


def test_what_is_drawn_depends_on_prompt_and_seed_alone(chat: str) -> None:
    writer = Lender().writer(chat, WRITING)
    said = writer(PROMPTS, [1, 2, 3])
    assert writer(PROMPTS[::-1], [3, 2, 1]) == said[::-1]
    assert writer(PROMPTS[:1], [1]) == said[:1]


def test_another_seed_draws_another_text(chat: str) -> None:
    writer = Lender().writer(chat, WRITING)
    assert len(set(writer([PROMPTS[0]] * 8, list(range(8))))) > 1


def test_a_model_is_known_by_its_weights_and_by_how_it_writes(chat: str, tmp_path: Path) -> None:
    other = str(save_tiny(tmp_path, "qwen2", seed=1))
    same = Lender().writer(chat, WRITING).identity
    assert Lender().writer(chat, WRITING).identity == same
    assert Lender().writer(other, WRITING).identity != same
    assert Lender().writer(chat, Writing(0.0, 8)).identity != same
    assert Lender().writer(chat, Writing(1.0, 9)).identity != same


def test_a_model_that_only_reads_is_refused(tiny_bert: Path) -> None:
    with pytest.raises(UserError, match="reads text but cannot write any"):
        Lender().writer(str(tiny_bert), WRITING)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        Lender().judge(str(tmp_path / "none"))
