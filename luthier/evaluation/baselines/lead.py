"""The first sentences of the document, as many as summaries are long."""

from typing import ClassVar, final

from luthier.evaluation.baseline import Baseline, Question
from luthier.evaluation.sentences import sentences
from luthier.scoring.answers import Answers, TextAnswers
from luthier.scoring.texts import tokens
from luthier.tasks.generation import Writing


@final
class Lead(Baseline):
    """Whole sentences from the beginning, at least one, up to the mean length of the references.

    Lengths are in words, in scripts without spaces in characters. News and abstracts open with
    what matters, so that few systems beat it by far (Nenkova, 2005).
    """

    title: ClassVar[str] = "the first sentences"
    title_zh: ClassVar[str] = "开头几句"

    def answers(self, question: Question) -> Answers:
        """Measure the training rows' references, then cut."""
        task, ours = question.task, question.ours
        assert isinstance(task, Writing)
        assert isinstance(ours, TextAnswers)
        lengths = [
            len(tokens(reference))
            for row in question.train()
            for reference in task.references_of(row)
        ]
        room = sum(lengths) / len(lengths)
        openings = [opening(task.prompt_of(row), room) for row in question.test()]
        return TextAnswers(ours.references, openings)


def opening(text: str, room: float) -> str:
    """The first sentence of a text, and the next ones while all have at most `room` words."""
    taken: list[str] = []
    for sentence in sentences(text):
        room -= len(tokens(sentence))
        if taken and room < 0:
            break
        taken.append(sentence)
    # Chinese sentences stand side by side without a space.
    return "".join(
        f" {one}" if i and taken[i - 1][-1].isascii() else one for i, one in enumerate(taken)
    )
