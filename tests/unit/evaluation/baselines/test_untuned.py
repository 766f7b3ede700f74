from dataclasses import replace

from luthier.evaluation.baselines.untuned import Untuned
from luthier.scoring.answers import TextAnswers
from tests.questions import prompt_completion, question
from tests.tiny import save_tiny


def test_it_asks_the_model_as_it_was_before_tuning(tmp_path):
    class Model:
        def answers(self, encoded, rows):
            asked.append((encoded, len(list(rows))))
            return TextAnswers([["a"]] * 3, ["b"] * 3)

    asked = []
    base = save_tiny(tmp_path / "gpt2", "gpt2")
    about = replace(question("text_generation", prompt_completion(), base), untuned=Model)
    assert Untuned().answers(about).predictions == ["b"] * 3
    assert asked == [(about.encoded, 3)]
