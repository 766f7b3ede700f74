"""A question beside its context: one input of a model, or several where the context is long."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from luthier.core.errors import UserError
from luthier.data.text.readable import readable

_IDS, _TYPES = "input_ids", "token_type_ids"


@dataclass(frozen=True, slots=True)
class Tokens:
    """A context as N tokens, with the characters that each stands for.

    Attributes:
        ids: (N,) their numbers.
        starts: (N,) the first character of each.
        stops: (N,) the character behind its last.
        begins: (N,) as `starts`, white space passed over.
        ends: (N,) as `stops`, white space before it left out.
    """

    ids: list[int]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    begins: list[int]
    ends: list[int]

    def between(self, start: int, stop: int) -> tuple[int, int] | None:
        """The first and the last token of a passage; None if no token holds any of it."""
        touched = np.flatnonzero((self.stops > start) & (self.starts < stop))
        return (int(touched[0]), int(touched[-1])) if len(touched) else None


@dataclass(frozen=True, slots=True)
class Layout:
    """What a model expects around a question and a context.

    Attributes:
        around: by input column: the special tokens before the question, between the two, behind
            the context.
        types: the token type of the question and of the context.
        null: the position that stands for "no answer"; negative if counted from the end.
    """

    around: Mapping[str, tuple[list[int], list[int], list[int]]]
    types: tuple[int, int]
    null: int

    @property
    def size(self) -> int:
        """How many special tokens there are."""
        return sum(map(len, self.around[_IDS]))

    def column(self, name: str, question: list[int], context: list[int]) -> list[int]:
        """One input column of a window."""
        before, between, behind = self.around[name]
        return [*before, *question, *between, *context, *behind]


@dataclass(frozen=True, slots=True)
class Window:
    """One input of a model: a question, and a part of its context.

    Attributes:
        columns: what the model takes, each of L numbers.
        begins: (L,) the first character of the context that a token stands for; 0 outside.
        ends: (L,) the character behind its last; a token with ends <= begins stands for none.
        shift: the position of a token of the context minus its number there.
        inside: the numbers of the context's tokens that are in it, from and up to.
        null: the position that stands for "no answer".
        num_cut: how many tokens of the question were cut off.
    """

    columns: dict[str, list[int]]
    begins: list[int]
    ends: list[int]
    shift: int
    inside: tuple[int, int]
    null: int
    num_cut: int

    def first_held(self, spans: Iterable[tuple[int, int] | None]) -> tuple[int, int] | None:
        """The positions of the first of some spans of the context that is in it as a whole."""
        first, stop = self.inside
        for span in spans:
            if span is not None and first <= span[0] and span[1] < stop:
                return span[0] + self.shift, span[1] + self.shift
        return None


def layout_of(tokenizer: PreTrainedTokenizerBase, *, is_causal: bool) -> Layout:
    """The tokenizer's own layout of pairs; "no answer" is at its CLS token, or else the first.

    A causal model has seen everything only at its last token: without a CLS token, it says there
    that there is no answer, at an end-of-text token; and a line break parts question and context,
    unless the tokenizer parts them itself.
    """
    pair = tokenizer(["a"], ["a"], return_attention_mask=False)
    sides = pair.sequence_ids(0)
    length = len(sides)
    question = sides.index(0), length - sides[::-1].index(0)
    context = sides.index(1), length - sides[::-1].index(1)
    around = {
        name: (
            pair[name][0][: question[0]],
            pair[name][0][question[1] : context[0]],
            pair[name][0][context[1] :],
        )
        for name in (_IDS, _TYPES)
        if name in tokenizer.model_input_names
    }
    types = pair[_TYPES][0] if _TYPES in around else [0] * length
    before, between, behind = around[_IDS]
    if tokenizer.cls_token_id in before:
        null = before.index(tokenizer.cls_token_id)
    elif tokenizer.cls_token_id in behind:
        null = behind.index(tokenizer.cls_token_id) - len(behind)
    elif is_causal:
        line_break = tokenizer("\n", add_special_tokens=False)[_IDS]
        around = {_IDS: (before, between or line_break, behind or [tokenizer.eos_token_id])}
        null = -1
    else:
        null = 0
    return Layout(around, (types[question[0]], types[context[0]]), null)


def context_tokens(
    contexts: Sequence[str], tokenizer: PreTrainedTokenizerBase
) -> dict[str, Tokens]:
    """Each context once, all in one call of the tokenizer."""
    distinct = list(dict.fromkeys(contexts))
    sound = [readable(context) for context in distinct]
    found = tokenizer(
        sound,
        add_special_tokens=False,
        return_attention_mask=False,
        return_offsets_mapping=True,
        verbose=False,
    )
    columns = zip(distinct, sound, found[_IDS], found["offset_mapping"], strict=True)
    return {context: _tokens(text, ids, spans) for context, text, ids, spans in columns}


def _tokens(text: str, ids: list[int], spans: list[tuple[int, int]]) -> Tokens:
    flat = np.fromiter(chain.from_iterable(spans), np.int64, 2 * len(spans))
    starts, stops = flat[::2], flat[1::2]
    space = np.strings.isspace(np.frombuffer(text.encode("utf-32-le"), "<U1"))
    places = np.arange(len(space))
    ahead = np.where(space, len(space), places)
    following = np.append(np.minimum.accumulate(ahead[::-1])[::-1], len(space))
    preceding = np.append(0, np.maximum.accumulate(np.where(space, 0, places + 1)))
    return Tokens(ids, starts, stops, following[starts].tolist(), preceding[stops].tolist())


def question_tokens(
    questions: Sequence[str], tokenizer: PreTrainedTokenizerBase
) -> list[list[int]]:
    """The tokens of all questions, without special ones."""
    sound = [readable(question) for question in questions]
    found = tokenizer(sound, add_special_tokens=False, return_attention_mask=False, verbose=False)
    ids: list[list[int]] = found[_IDS]
    return ids


def windows(
    question: list[int], context: Tokens, layout: Layout, max_length: int, stride: int
) -> Iterator[Window]:
    """A question beside each window of its context, in order; one if the context is empty.

    Windows are filled up to `max_length` and share `stride` tokens with the one before, as the
    tokenizers' own truncation has it. A question that leaves no room is cut at half of it.

    Raises:
        UserError: `stride` is as wide as a window.
    """
    room = max_length - layout.size
    asked = question[: room // 2]
    width = room - len(asked)
    if stride >= room - room // 2:
        raise UserError(
            f"task.question_answering.stride: {stride} tokens that windows share leave none for "
            f"what is new, with model.max_length {max_length}. Set at most {room - room // 2 - 1}."
        )
    before, between, _ = layout.around[_IDS]
    first = len(before) + len(asked) + len(between)
    start = 0
    while True:
        stop = min(start + width, len(context.ids))
        length = layout.size + len(asked) + stop - start
        yield Window(
            columns=_columns(asked, context.ids[start:stop], layout),
            begins=_placed(context.begins[start:stop], first, length),
            ends=_placed(context.ends[start:stop], first, length),
            shift=first - start,
            inside=(start, stop),
            null=layout.null % length,
            num_cut=len(question) - len(asked),
        )
        if stop == len(context.ids):
            return
        start += width - stride


def _columns(question: list[int], context: list[int], layout: Layout) -> dict[str, list[int]]:
    columns = {_IDS: layout.column(_IDS, question, context)}
    if _TYPES in layout.around:
        types = [layout.types[0]] * len(question), [layout.types[1]] * len(context)
        columns[_TYPES] = layout.column(_TYPES, *types)
    return columns


def _placed(numbers: list[int], first: int, length: int) -> list[int]:
    return [*[0] * first, *numbers, *[0] * (length - first - len(numbers))]
