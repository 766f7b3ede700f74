"""What a tuned model has to beat: the contract of `baselines/`."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from luthier.core.config import Recipe
from luthier.evaluation.predict import Model, Rows
from luthier.scoring.answers import Answers
from luthier.tasks.encoded import Encoded
from luthier.tasks.task import Task


@dataclass(frozen=True, slots=True)
class Question:
    """What tuned model and baselines are asked, and what they may learn from.

    Attributes:
        task: it has learnt from the training rows.
        train: the rows to learn from.
        validation: rows to choose by; none if there is no such split.
        test: the rows that are asked.
        encoded: the same, as the tuned model reads them.
        ours: the tuned model's answers, whose references are the truth.
        recipe: names the base model, the lengths and the seed.
        untuned: loads the model as it was before tuning, with the same task.
    """

    task: Task
    train: Rows
    validation: Rows | None
    test: Rows
    encoded: Encoded
    ours: Answers
    recipe: Recipe
    untuned: Callable[[], Model]


class Baseline(ABC):
    """A cheap way to the same answers, made from the same training rows.

    Attributes:
        title: its name in a sentence such as "Better than TF-IDF by 1.2 points".
        title_zh: the same in Chinese.
    """

    title: ClassVar[str]
    title_zh: ClassVar[str]

    @abstractmethod
    def answers(self, question: Question) -> Answers:
        """Answers to the rows of the question, in order, beside the same references as `ours`."""
