"""Where the answers of a conversation stand in its rendered text, and how much each weighs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from luthier.models.template import ChatTemplate, Message, Span, Tools, Unrenderable

Learn = Literal["assistant", "last", "all"]
"""What the loss is on: all answers, the last one, or every token."""
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Turn:
    """An answer in a rendered text.

    Attributes:
        start: its first character, where the prompt for it ends.
        end: the character behind it and behind the token that ends it.
        weight: of its tokens in the loss.
    """

    start: int
    end: int
    weight: float


@dataclass(slots=True)
class Layout:
    """A conversation as text.

    Attributes:
        text: all of it, as the chat template writes it.
        outside: weight of the tokens that belong to no turn.
        turns: the answers whose tokens weigh something of their own, in order.
        prompts: number of an answer's message -> where the prompt for it ends. The tokens before
            that have to be those of the prompt alone.
        last_prompt: of these, the one for the message that ends the conversation; None if that is
            not the assistant's.
    """

    text: str
    outside: float
    turns: list[Turn] = field(default_factory=list)
    prompts: dict[int, int] = field(default_factory=dict)
    last_prompt: int | None = None


def lay_out(
    messages: Sequence[Message], tools: Tools, template: ChatTemplate, learn: Learn
) -> Layout:
    """Render a conversation and find its answers.

    Where the template marks what is generated (`{% generation %}`), the marks are the answers. Else
    an answer is what stands between the messages before it, rendered as a prompt, and the messages
    up to it, rendered; both have to begin the whole text.

    Raises:
        Unrenderable: the template refuses the conversation, or answers cannot be found in its text.
    """
    if not messages:
        raise Unrenderable("it has no messages; leave it out")
    weights = _weights(messages, learn)
    text, marks = template.render_whole(messages, tools)
    layout = Layout(text, outside=1.0 if learn == "all" else 0.0)
    places = _Places(messages, tools, template, layout)
    if marks:
        layout.turns = _marked(marks, weights)
    else:
        layout.turns = places.turns(weights)
    _must_show_calls(layout, [messages[number] for number, weight in weights.items() if weight])
    last = len(messages) - 1
    if last in weights:
        layout.last_prompt = places.prompt_end(last)
    return layout


def _weights(messages: Sequence[Message], learn: Learn) -> dict[int, float]:
    """The weight of each answer, by the number of its message."""
    given = {i: message.get("weight") for i, message in enumerate(messages)}
    if any(weight is not None and weight < 0 for weight in given.values()):
        raise Unrenderable("a message has a negative `weight`; write 0 to leave it out of the loss")
    answers = [i for i, message in enumerate(messages) if message["role"] == "assistant"]
    others = {i: weight for i, weight in given.items() if i not in answers}
    if learn == "all" and any(weight not in (None, 1) for weight in others.values()):
        raise Unrenderable(
            "a message that is not the assistant's has a `weight`, but `learn: all` learns them "
            "all; take the weight out, or learn the assistant's only"
        )
    if learn == "last":
        return {i: _or_one(given[i]) if i == answers[-1] else 0.0 for i in answers}
    return {i: _or_one(given[i]) for i in answers}


def _or_one(weight: float | None) -> float:
    return 1.0 if weight is None else float(weight)


def _must_show_calls(layout: Layout, learnt: Sequence[Message]) -> None:
    """Some templates list the tools, but pass over their calls."""
    spoken = [layout.text[turn.start : turn.end] for turn in layout.turns]
    seen = layout.text if layout.outside else "".join(spoken)
    for call in (call for message in learnt for call in message.get("tool_calls") or ()):
        if call["function"]["name"] not in seen:
            raise Unrenderable(
                f"the chat template leaves out the call of `{call['function']['name']}`, so the "
                "model would learn to say nothing there; use a model that was made to call tools"
            )


def _marked(marks: Sequence[Span], weights: Mapping[int, float]) -> list[Turn]:
    """The marked places as turns; an answer's weight goes by its order among the answers."""
    runs = sum(number - 1 not in weights for number in weights)
    if len(marks) < runs:
        raise Unrenderable(
            f"the chat template marks only {len(marks)} of {runs} answers as generated; use "
            "another template"
        )
    if len(marks) == len(weights):
        by_mark = list(weights.values())
    elif len(set(weights.values())) == 1:
        by_mark = [next(iter(weights.values()))] * len(marks)
    else:
        raise Unrenderable(
            f"the chat template marks {len(marks)} places as generated for {len(weights)} answers, "
            "so their weights have no place; give all answers the same weight"
        )
    return [Turn(start, end, weight) for (start, end), weight in zip(marks, by_mark, strict=True)]


@dataclass(slots=True)
class _Places:
    """Finds prompts and answers in a text by rendering the messages before them."""

    messages: Sequence[Message]
    tools: Tools
    template: ChatTemplate
    layout: Layout

    def turns(self, weights: Mapping[int, float]) -> list[Turn]:
        """The answers that weigh something else than their surroundings, and the one at the end."""
        last, outside = len(self.messages) - 1, self.layout.outside
        return [
            Turn(self.prompt_end(number), self.answer_end(number), weight)
            for number, weight in weights.items()
            if weight != outside or (weight and number == last)
        ]

    def prompt_end(self, number: int) -> int:
        """Where the prompt for the answer in message `number` ends."""
        if number in self.layout.prompts:
            return self.layout.prompts[number]
        if number == 0:
            raise Unrenderable(
                "it begins with an answer, which no prompt leads to; put the user's message before "
                "it, or give it `weight: 0`"
            )
        prompt = self.template.render_prompt(self.messages[:number], self.tools)
        if not self.layout.text.startswith(prompt):
            raise Unrenderable(self._other_prompt(number, prompt))
        self.layout.prompts[number] = len(prompt)
        return len(prompt)

    def answer_end(self, number: int) -> int:
        """Where the answer in message `number` ends, with the token behind it."""
        text = self.layout.text
        if number == len(self.messages) - 1:
            return len(text)
        until = self.template.render(self.messages[: number + 1], self.tools)
        if text.startswith(until):
            return len(until)
        # Some templates end a conversation (Phi-3: with eos): what differs may be that, no more.
        if not text.startswith(self._without_end(until)):
            raise Unrenderable(
                f"the chat template rewrites the answer in message {number + 1} once the "
                "conversation goes on (it drops the thinking, say), so the model would be tuned on "
                "what it does not generate; learn the last answer only (`learn: last`)"
            )
        return _shared(text, until)

    def _other_prompt(self, number: int, prompt: str) -> str:
        shown = prompt[_shared(self.layout.text, prompt) :][:_SHOWN]
        remedy = (
            "begin the answer with it, or use another template"
            if number == len(self.messages) - 1
            else "learn the last answer only (`learn: last`)"
        )
        return (
            f"the prompt for the answer in message {number + 1} goes on with {shown!r}, which the "
            "chat template writes no more once the answer is there, so the model would be tuned "
            f"behind a prompt it never gets; {remedy}"
        )

    def _without_end(self, text: str) -> str:
        """A text that ends with special tokens, up to the first of these."""
        special = self.template.special_texts
        rest = shorter = text.rstrip()
        while rest.endswith(special):
            shorter, end = rest, max((s for s in special if rest.endswith(s)), key=len)
            rest = rest.removesuffix(end).rstrip()
        return shorter


def _shared(text: str, other: str) -> int:
    """How many characters a text shares, from its start, with one it does not begin with."""
    return next(i for i, character in enumerate(other) if text[i : i + 1] != character)
