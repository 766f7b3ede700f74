"""What a tuned model has to beat: the contract of `baselines/`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import ClassVar

from luthier.scoring.metric import Floats, Integers

# From a batch of m texts to the probabilities of their classes: (m, C), rows sum to 1.
Classifier = Callable[[Sequence[str]], Floats]


class Baseline(ABC):
    """A cheap way to the same answers, made from the same train rows.

    Attributes:
        title: its name in a sentence such as "Better than TF-IDF by 1.2 points".
    """

    title: ClassVar[str]

    @abstractmethod
    def fit(self, texts: Iterable[str], labels: Integers, num_labels: int) -> Classifier:
        """Learn from the train rows, with memory that does not grow with their number.

        Args:
            texts: N texts, read once, as a stream. A row of several texts comes as one, joined.
            labels: (N,) class numbers, at least one; classes may be missing among them.
            num_labels: C; a class that is missing among the labels gets probability 0.
        """

    def answer(
        self,
        train: Iterable[str],
        labels: Integers,
        test: Iterable[str],
        num_labels: int,
        batch_size: int = 1024,
    ) -> Iterator[Floats]:
        """Fit, then yield the probabilities of the test texts in order, batch by batch: (m, C)."""
        classify = self.fit(train, labels, num_labels)
        texts = iter(test)
        while batch := list(islice(texts, batch_size)):
            yield classify(batch)
