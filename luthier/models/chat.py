"""Messages as tokens and loss weights: one renderer for training, evaluation and serving."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from transformers import PreTrainedTokenizerBase

from luthier.core.errors import UserError
from luthier.models.template import ChatTemplate, Message, Tools, Unrenderable
from luthier.models.turns import Layout, Learn, lay_out

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said, and what the assistant may call.

    Attributes:
        messages: mappings of `role` and `content`, and where given `weight`, `tool_calls`, `name`,
            `tool_call_id`, `reasoning_content`.
        tools: as OpenAI writes them.
    """

    messages: Sequence[Message]
    tools: Tools = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A row as tokens, with what the loss is on.

    Attributes:
        ids: the tokens, cut to `max_length`.
        weights: of each token in the loss; 0 is no loss.
        prompt_length: how many tokens stand before the answer that ends the row, which are exactly
            those that generation is prompted with; all of them if it ends with no answer.
        full_length: how many tokens there were before the cut.
    """

    ids: list[int]
    weights: list[float]
    prompt_length: int
    full_length: int


@final
class ChatsRefused(UserError):
    """Conversations that cannot be rendered, all told at once.

    Attributes:
        faults: number of a conversation in the call, from 0 -> what is wrong with it.
    """

    def __init__(self, faults: Mapping[int, str], total: int, names: Sequence[str] | None):
        self.faults = dict(sorted(faults.items()))
        lines = [
            f"  {names[row] if names else f'conversation {row + 1}'}: {fault}."
            for row, fault in list(self.faults.items())[:_SHOWN]
        ]
        if len(faults) > _SHOWN:
            lines.append(f"  ... and {len(faults) - _SHOWN:,} more.")
        told = "\n".join(lines)
        super().__init__(f"{len(faults):,} of {total:,} conversations cannot be used:\n{told}")


def render_chats(
    conversations: Sequence[Conversation],
    tokenizer: PreTrainedTokenizerBase,
    *,
    max_length: int,
    learn: Learn = "assistant",
    names: Sequence[str] | None = None,
) -> list[Rendered]:
    """Conversations as the model's chat template writes them, with weights for the loss.

    The tokens are those of `tokenizer.apply_chat_template(messages, tools=tools)`. An answer's
    tokens weigh its message's `weight` (else 1), with all that the template writes behind it: the
    token that ends the turn, and mostly a newline. Other tokens weigh 0. These are the tokens that
    trl's SFTTrainer supervises.

    Args:
        conversations: as many as fit in memory; they are tokenized in two calls in Rust.
        tokenizer: with a chat template.
        max_length: tokens a conversation may have; the end is cut off.
        learn: which messages the loss is on.
        names: how a message calls each conversation, such as the id of its row.

    Raises:
        UserError: the tokenizer has no chat template.
        ChatsRefused: some conversations the template refuses; or what they would teach is not what
            is generated: the template rewrites earlier turns, the last token of a prompt merges
            with the first of its answer, or no token ends an answer.
    """
    template = ChatTemplate(tokenizer)
    faults: dict[int, str] = {}
    layouts: dict[int, Layout] = {}
    for row, chat in enumerate(conversations):
        try:
            layouts[row] = lay_out(chat.messages, chat.tools, template, learn)
        except Unrenderable as error:
            faults[row] = str(error)
    drafts = _drafts(layouts, template)
    _check_prompts(drafts, tokenizer, faults)
    for row, draft in drafts.items():
        if (fault := draft.lost_end()) is not None:
            faults.setdefault(row, fault)
    if faults:
        raise ChatsRefused(faults, len(conversations), names)
    return [draft.rendered(max_length) for draft in drafts.values()]


def prompt_ids(
    conversations: Sequence[Conversation],
    tokenizer: PreTrainedTokenizerBase,
    *,
    names: Sequence[str] | None = None,
) -> list[list[int]]:
    """The tokens that generation is prompted with, to get the next answer of each conversation.

    They end where the assistant's turn begins: `apply_chat_template(add_generation_prompt=True)`.

    Raises:
        UserError: the tokenizer has no chat template.
        ChatsRefused: the template refuses some conversations.
    """
    template = ChatTemplate(tokenizer)
    faults: dict[int, str] = {}
    texts = []
    for row, chat in enumerate(conversations):
        try:
            texts.append(template.render_prompt(chat.messages, chat.tools))
        except Unrenderable as error:
            faults[row] = str(error)
    if faults:
        raise ChatsRefused(faults, len(conversations), names)
    return plain_ids(texts, tokenizer)


def must_learn(rendered: Sequence[Rendered], names: Sequence[str]) -> None:
    """Check that every row teaches something.

    Raises:
        UserError: some have no token with a weight, after they were cut to `max_length`.
    """
    silent = [i for i, row in enumerate(rendered) if not any(row.weights)]
    if not silent:
        return
    cut = sum(rendered[i].full_length > len(rendered[i].ids) for i in silent)
    shown = ", ".join(names[i] for i in silent[:_SHOWN]) + (", ..." if len(silent) > _SHOWN else "")
    why = (
        f"{cut:,} of them are longer than model.max_length, which cuts off the end; raise it, or "
        "leave such rows out"
        if cut
        else "give them an answer with a weight, or leave them out"
    )
    raise UserError(
        f"{len(silent):,} of {len(rendered):,} rows have no token that the loss is on ({shown}): "
        f"{why}."
    )


def plain_ids(texts: Sequence[str], tokenizer: PreTrainedTokenizerBase) -> list[list[int]]:
    """The tokens of texts with nothing put around them, in one call in Rust."""
    if not texts:
        return []
    encoding = tokenizer(
        list(texts), add_special_tokens=False, return_attention_mask=False, verbose=False
    )
    ids: list[list[int]] = encoding["input_ids"]
    return ids


@dataclass(frozen=True, slots=True)
class _Draft:
    """A conversation as text and as tokens, with the characters where each token ends."""

    layout: Layout
    ids: list[int]
    spans: list[tuple[int, int]]
    ends: list[int]
    stops: frozenset[int]

    def before(self, place: int) -> int:
        """How many tokens end at this character or before it."""
        return bisect_right(self.ends, place)

    def tail(self, place: int) -> tuple[int, str]:
        """The last special token before a place, and the text from there to the place.

        Special tokens part a text before it is tokenized, so what stands between the last of them
        and the place decides alone which tokens come out of it.
        """
        first = self.before(place) - 1
        while first > 0 and self.ids[first] not in self.stops:
            first -= 1
        first = max(first, 0)
        return first, self.layout.text[self.spans[first][0] if first else 0 : place]

    def lost_end(self) -> str | None:
        """What is wrong if an answer is not closed by a token that stops generation."""
        for turn in self.layout.turns:
            last = self.before(turn.end) - 1
            while last >= 0 and not self.layout.text[slice(*self.spans[last])].strip():
                last -= 1
            if turn.weight and (last < self.before(turn.start) or self.ids[last] not in self.stops):
                return (
                    "no special token ends its answer, so the model would never learn to stop; the "
                    "chat template was made for another tokenizer, or leaves the end out"
                )
        return None

    def rendered(self, max_length: int) -> Rendered:
        weights = [self.layout.outside] * len(self.ids)
        for turn in self.layout.turns:
            first, last = self.before(turn.start), self.before(turn.end)
            weights[first:last] = [turn.weight] * (last - first)
        last_prompt = self.layout.last_prompt
        prompt_length = len(self.ids) if last_prompt is None else self.before(last_prompt)
        return Rendered(
            self.ids[:max_length],
            weights[:max_length],
            min(prompt_length, max_length),
            len(self.ids),
        )


def _drafts(layouts: Mapping[int, Layout], template: ChatTemplate) -> dict[int, _Draft]:
    if not layouts:
        return {}
    encoding = template.tokenizer(
        [layout.text for layout in layouts.values()],
        add_special_tokens=False,
        return_attention_mask=False,
        return_offsets_mapping=True,
        verbose=False,
    )
    return {
        row: _Draft(layout, ids, spans, [end for _, end in spans], template.stops)
        for (row, layout), ids, spans in zip(
            layouts.items(), encoding["input_ids"], encoding["offset_mapping"], strict=True
        )
    }


def _check_prompts(
    drafts: Mapping[int, _Draft], tokenizer: PreTrainedTokenizerBase, faults: dict[int, str]
) -> None:
    """Find prompts whose tokens, when they stand alone, are not the tokens of the whole text."""
    places = [(row, place) for row, d in drafts.items() for place in d.layout.prompts.values()]
    tails = [drafts[row].tail(place) for row, place in places]
    alone = plain_ids([text for _, text in tails], tokenizer)
    for (row, place), (first, _), ids in zip(places, tails, alone, strict=True):
        draft = drafts[row]
        if draft.ids[first : draft.before(place)] != ids:
            faults.setdefault(row, _merged(draft.layout.text, place))


def _merged(text: str, place: int) -> str:
    remedy = (
        "strip the white space that the answer begins with"
        if text[place : place + 1].isspace()
        else "use a chat template whose prompt ends with a special token"
    )
    around = f"{text[max(0, place - 12) : place]!r} + {text[place : place + 12]!r}"
    return (
        f"the last token of a prompt merges with the first of its answer ({around}), so the model "
        f"would be tuned behind tokens it never gets; {remedy}"
    )
