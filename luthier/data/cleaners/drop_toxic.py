"""Drops rows that hold a listed word, or that a classifier of one's own finds toxic."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, final

from pydantic import Field

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.cleaner import ModelFilter, Tally
from luthier.data.lent import Measures, Models
from luthier.data.text.fields import TEXT_FIELDS, TextField, texts_of
from luthier.data.text.readable import readable
from luthier.data.text.word_list import WordList

_COMMENT = "#"


@final
class DropToxic(ModelFilter):
    """Drops rows that hold a listed word, or that a classifier of one's own finds toxic.

    Which words, and what toxic means, the user says: no list comes along. Whole words count alone,
    in Chinese as jieba cuts them, so that a harmless longer word is never hit; case and width make
    no difference. Every row that goes is counted under its word.

    Args:
        words: a UTF-8 file with a word or phrase a line; lines that begin with # are comments.
        classifier: the folder of a run of text_classification.
        labels: which of the run's labels go; their probabilities are added up.
        threshold: the probability from which a row goes.
        fields: only these; else every text of a row but system messages.

    Raises:
        UserError: neither a list nor a classifier, a classifier without labels or the other way
            round, or a list that is missing, empty or not UTF-8.
    """

    def __init__(
        self,
        *,
        words: str | None = None,
        classifier: str | None = None,
        labels: tuple[str, ...] = (),
        threshold: Annotated[float, Field(gt=0, le=1)] = 0.5,
        fields: tuple[TextField, ...] = TEXT_FIELDS,
    ):
        if words is None and classifier is None:
            raise UserError(
                "drop_toxic: name a file of `words`, or the run folder of a `classifier`."
            )
        if (classifier is None) != (not labels):
            missing = "labels" if classifier else "classifier"
            raise UserError(f"drop_toxic.{missing}: is needed, for the other one is given.")
        self._list = None if words is None else WordList(_entries(Path(words).expanduser()))
        self._classifier = classifier
        self._labels = labels
        self._threshold = threshold
        self._probability: Measures | None = None
        self._fields = fields

    @property
    def asks(self) -> str | None:
        """The option, if a classifier is named."""
        return None if self._classifier is None else "drop_toxic.classifier"

    def open(self, models: Models) -> None:
        """Take the run's classifier."""
        assert self._classifier is not None
        self._probability = models.probability(self._classifier, self._labels)

    def reasons(self, rows: Sequence[Row], tally: Tally) -> list[str | None]:
        """By the list; what it lets pass, by the classifier."""
        texts = [readable("\n".join(texts_of(row, self._fields))) for row in rows]
        found: list[str | None] = [None] * len(rows)
        if self._list is not None:
            words = map(self._list.find, texts)
            found = [None if word is None else f"listed: {word}" for word in words]
        if self._probability is not None:
            rest = [number for number, reason in enumerate(found) if reason is None]
            answers = self._probability([texts[number] for number in rest])
            for number, probability in zip(rest, answers.tolist(), strict=True):
                if probability >= self._threshold:
                    found[number] = "classifier"
        return found


def _entries(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"drop_toxic.words: {path} cannot be read as UTF-8 text: {error}"
        ) from error
    entries = [line.strip() for line in lines]
    entries = [entry for entry in entries if entry and not entry.startswith(_COMMENT)]
    if not entries:
        raise UserError(f"drop_toxic.words: {path} holds no word. Write one a line.")
    return entries
