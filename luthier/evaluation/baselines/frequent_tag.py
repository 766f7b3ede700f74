"""For every token the tag that it most often has in the training rows."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import ClassVar, final

from luthier.evaluation.baseline import Baseline, Question
from luthier.scoring.answers import Answers, TagAnswers

_OUTSIDE = "O"


@final
class FrequentTag(Baseline):
    """The most frequent tag of a token as it is written, else of its lower case, else O.

    Where no tag is O, as of parts of speech, a token that was never seen gets the most frequent tag
    of all. Of equally frequent tags the one that came first is taken. An I- that continues nothing
    becomes a B-, so that the tags are sound IOB2.
    """

    title: ClassVar[str] = "the most frequent tag of each token"
    title_zh: ClassVar[str] = "每个词元最常见的标签"

    def answers(self, question: Question) -> Answers:
        """Count the training rows, look up the others."""
        ours = question.ours
        assert isinstance(ours, TagAnswers)
        exact: dict[str, Counter[str]] = defaultdict(Counter)
        lower: dict[str, Counter[str]] = defaultdict(Counter)
        everywhere: Counter[str] = Counter()
        for row in question.train():
            tags = [str(tag) for tag in row["tags"]]
            everywhere.update(tags)
            for token, tag in zip(row["tokens"], tags, strict=True):
                exact[token][tag] += 1
                lower[token.lower()][tag] += 1
        unseen = _OUTSIDE if _OUTSIDE in everywhere else everywhere.most_common(1)[0][0]
        tag_of, tag_of_lower = _likeliest(exact), _likeliest(lower)
        predictions = [
            repaired([tag_of.get(t) or tag_of_lower.get(t.lower(), unseen) for t in row["tokens"]])
            for row in question.test()
        ]
        return TagAnswers(ours.references, predictions, ours.labels)


def repaired(tags: Sequence[str]) -> list[str]:
    """The tags with B- for every I- that continues no entity of its type."""
    sound: list[str] = []
    for tag in tags:
        goes_on = bool(sound) and sound[-1][:2] in ("B-", "I-") and sound[-1][2:] == tag[2:]
        sound.append(f"B-{tag[2:]}" if tag.startswith("I-") and not goes_on else tag)
    return sound


def _likeliest(counted: Mapping[str, Counter[str]]) -> dict[str, str]:
    return {token: tags.most_common(1)[0][0] for token, tags in counted.items()}
