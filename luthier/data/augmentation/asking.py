"""Copies of rows that a model writes: what it is asked, what it costs, and which answers count."""

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from luthier.core.announce import announce
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.augmentation.kept_answers import KeptAnswers, key_of
from luthier.data.augmentation.rewording import CODE, asked_texts
from luthier.data.augmentation.server import ServedModel, Server
from luthier.data.augmentation.words import firm_parts, is_han
from luthier.data.augmenter import UNCHANGED, Added, Augmenter, Changes, Means, Seed
from luthier.data.lent import Judges, Writes, Writing

TAGGED = "its labels stand on its very words"
SEVERAL_TURNS = "a conversation of several turns"
NO_TEXT = "no text that could be written anew"
EMPTY = "the model wrote nothing"
LONG = "the model wrote far more than a text of this kind"
LOST = "a number, an address or a placeholder got lost"
OTHER_LABEL = "the checking model gives it another label"

Model = Annotated[
    str,
    Field(description="run folder, catalog:NAME, folder, hub id; or as the server calls it"),
]
ServerOption = Annotated[
    Server | None, Field(description="an OpenAI-compatible server that has the model")
]
Instruction = Annotated[
    str | None, Field(description="what to write, with {text} and {label} in it; else our own")
]
Check = Annotated[
    str | None, Field(description="run of a classifier: copies it labels otherwise are left out")
]
Temperature = Annotated[float, Field(ge=0, description="of sampling; 0 takes the likeliest token")]
NewTokens = Annotated[int, Field(ge=1, description="tokens that an answer may have")]

_MARKERS = re.compile(r"\[e\d\]|<e\d>", re.IGNORECASE)
_QUOTES = {'"': '"', "“": "”", "'": "'", "「": "」", "«": "»"}
_LONG, _SPARE = 4, 200


class AskingAugmenter(Augmenter):
    """An augmenter whose copies a model writes: one of this machine's, or one behind a server.

    Answers are kept on disk by what was asked, so the same run asks nothing twice, and one that
    was broken off goes on where it was. How many requests there will be, and what they will cost,
    is said before the first.
    """

    at_once = 64
    asks = True
    keeps_parts: ClassVar[bool] = True
    """Whether numbers, addresses and placeholders have to be in the copy, too."""

    def __init__(
        self,
        model: str,
        server: Server | None,
        writing: Writing,
        check: str | None,
        *,
        share: float,
        copies: int,
    ):
        super().__init__(share=share, copies=copies)
        self._model, self._server, self._writing, self._check = model, server, writing, check
        self._kept: KeptAnswers
        self._writes: Writes
        self._judges: Judges | None = None

    @abstractmethod
    def prompt(self, row: Row) -> str:
        """What the model is asked, of a row that `refusal` has nothing against."""

    def refusal(self, row: Row) -> str | None:
        """Why there can be no copy of a row; None if there can."""
        return refusal(row)

    def begin(self, rows: Iterable[Row], means: Means) -> None:
        """Open the model, and say how much it will be asked."""
        self._kept = KeptAnswers()
        if self._check is not None:
            self._judges = means.lend(f"{self.name}.check").judge(self._check)
        if self._server is None:
            self._writes = means.lend(self.name).writer(self._model, self._writing)
        else:
            self._writes = ServedModel(self._server, self._model, self._writing)
        requests, tokens_in, tokens_out = self._foresee(rows, means.seed)
        self._tell(requests, tokens_in, tokens_out)

    def make(self, seeds: Sequence[Seed], tally: Added) -> list[Changes]:
        """Ask what has not been answered yet, and judge all answers."""
        made: list[Changes] = [self.refusal(seed.row) or "" for seed in seeds]
        asked = [number for number, refused in enumerate(made) if not refused]
        texts = self._answers([seeds[number] for number in asked], tally)
        for number, text in zip(asked, texts, strict=True):
            made[number] = changes(seeds[number].row, _bare(text), keeps_parts=self.keeps_parts)
        return list(self._checked(seeds, made))

    def _answers(self, seeds: Sequence[Seed], tally: Added) -> list[str]:
        prompts = [self.prompt(seed.row) for seed in seeds]
        keys = [self._key(prompt, seed) for prompt, seed in zip(prompts, seeds, strict=True)]
        known = self._kept.find(keys)
        tally.notes["answers from an earlier run"] += len(known)
        open_ = [number for number, key in enumerate(keys) if key not in known]
        step = 1 if self._server is None else self._server.parallel
        size = self.at_once if self._server is None else step
        for start in range(0, len(open_), size):
            part = open_[start : start + size]
            said = self._writes([prompts[n] for n in part], [seeds[n].number for n in part])
            found = zip((keys[n] for n in part), said, strict=True)
            known |= dict(self._kept.keep(found))
        if isinstance(self._writes, ServedModel):
            tally.notes["tokens read by the server"] = self._writes.usage.read
            tally.notes["tokens written by the server"] = self._writes.usage.written
        return [known[key] for key in keys]

    def _key(self, prompt: str, seed: Seed) -> bytes:
        return key_of(self._writes.identity, prompt, seed.number)

    def _checked(self, seeds: Sequence[Seed], made: list[Changes]) -> Iterator[Changes]:
        """The same, without copies that the checking model gives another label."""
        numbers = [n for n, one in enumerate(made) if not isinstance(one, str)]
        if self._judges is not None and numbers:
            rows = [Row({**seeds[n].row.fields, **dict(_fields(made[n]))}) for n in numbers]
            for number, row, given in zip(numbers, rows, self._judges(rows), strict=True):
                if _names(given) != _names(row.get("label")):
                    made[number] = OTHER_LABEL
        yield from made

    def _foresee(self, rows: Iterable[Row], seed: int) -> tuple[int, int, int]:
        """Requests, and about how many tokens they have and bring."""
        requests = read = written = 0
        for one in self.seeds(rows, seed, Added(self.name)):
            if self.refusal(one.row) is None:
                prompt = self.prompt(one.row)
                if not self._kept.find([self._key(prompt, one)]):
                    requests += 1
                    read += about_tokens(prompt)
                    written += about_tokens(asked_text(one.row) or "")
        return requests, read, written

    def _tell(self, requests: int, tokens_in: int, tokens_out: int) -> None:
        told = (
            f"{self.name}: {requests:,} requests to {self._model}, about {tokens_in:,} tokens to "
            f"read and {tokens_out:,} to write"
        )
        if self._server is not None:
            price = self._server.price(tokens_in, tokens_out)
            told += "" if price is None else f", at about {price:,.2f} by the prices given"
            if requests > self._server.max_requests:
                raise UserError(
                    f"{told}: more than server.max_requests ({self._server.max_requests:,}). "
                    "Raise it, or lower `share` or `copies`. Nothing was asked."
                )
        announce(f"{told}.")


def refusal(row: Row) -> str | None:
    """Why no model can write a copy of a row that keeps its label; None if one can."""
    if row.get("tests") is not None:
        return CODE
    text = asked_text(row)
    if row.get("tags") is not None or (text is not None and _MARKERS.search(text)):
        return TAGGED
    if text is None:
        return SEVERAL_TURNS if _turns(row) else NO_TEXT
    return None if text.strip() else NO_TEXT


def asked_text(row: Row) -> str | None:
    """The one text by which a row asks; None if there is none, or a conversation of many turns."""
    texts = asked_texts(row)
    if texts:
        text: str = row[texts[0]]
        return text
    said = [turn for turn in _turns(row) if turn.get("role") == "user"]
    content = said[0].get("content") if len(said) == 1 else None
    return content if isinstance(content, str) else None


def with_text(row: Row, text: str) -> dict[str, Any]:
    """The field that changes when a row asks by another text."""
    texts = asked_texts(row)
    if texts:
        return {texts[0]: text}
    name = "messages" if isinstance(row.get("messages"), list) else "prompt"
    return {name: [t if t.get("role") != "user" else {**t, "content": text} for t in row[name]]}


def changes(row: Row, text: str, *, keeps_parts: bool) -> Changes:
    """What becomes of a row by the text that a model wrote for it, or why it is no copy."""
    before = asked_text(row) or ""
    if not text:
        return EMPTY
    if len(text) > _LONG * len(before) + _SPARE:
        return LONG
    if keeps_parts and not firm_parts(before) <= firm_parts(text):
        return LOST
    return UNCHANGED if text == before.strip() else with_text(row, text)


def about_tokens(text: str) -> int:
    """A rough number of tokens: four characters make one, a Chinese character is one."""
    han = sum(map(is_han, text))
    return han + -(-(len(text) - han) // 4)


def filled(instruction: str, row: Row) -> str:
    """An instruction with the row's text and label in their places."""
    label = row.get("label")
    told = ", ".join(map(str, label)) if isinstance(label, list) else str(label)
    # In one pass: a text may have braces of its own.
    parts = {"{text}": asked_text(row) or "", "{label}": told}
    return re.sub(r"\{(?:text|label)\}", lambda found: parts[found.group()], instruction)


def is_chinese(row: Row) -> bool:
    """Whether a fifth of its text or more are Chinese characters."""
    text = asked_text(row) or ""
    return 5 * sum(map(is_han, text)) >= len(text)


def _turns(row: Row) -> list[Any]:
    found = row.get("messages") or row.get("prompt")
    return found if isinstance(found, list) else []


def _bare(answer: str) -> str:
    """An answer without the quotation marks that models put around it."""
    text = answer.strip()
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text


def _fields(changes: Changes) -> Any:
    return {} if isinstance(changes, str) else changes


def _names(label: Any) -> set[str]:
    return set(map(str, label)) if isinstance(label, list) else {str(label)}
