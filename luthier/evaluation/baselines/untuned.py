"""The same model before tuning, asked the same."""

from typing import ClassVar, final

from luthier.evaluation.baseline import Baseline, Question
from luthier.scoring.answers import Answers


@final
class Untuned(Baseline):
    """What the pretrained model writes by itself, and how likely it holds the references."""

    title: ClassVar[str] = "the untuned model"
    title_zh: ClassVar[str] = "未微调的模型"

    def answers(self, question: Question) -> Answers:
        """Load it, ask it, let it go."""
        return question.untuned().answers(question.encoded, question.test())
