"""A tokenizer's chat template: conversations as text, and the tokens that end an answer."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, final

import jinja2
from transformers import PreTrainedTokenizerBase
from transformers.utils.chat_template_utils import render_jinja_template

from luthier.core.errors import UserError

Message = Mapping[str, Any]
Tools = Sequence[Mapping[str, Any]] | None
Span = tuple[int, int]
"""Where something stands in a text: its first character, and the one behind its last."""

_MARKS = re.compile(r"\{%[-+]?\s*generation\s*[-+]?%\}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = 200


class Unrenderable(ValueError):
    """One conversation cannot be rendered: a sentence that says why, and what helps."""


@final
class ChatTemplate:
    """Renders messages as the model's own chat template does, and refuses what it would lose.

    Raises:
        UserError: the tokenizer has no template, or cannot say where its tokens stand in a text.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase):
        if not tokenizer.chat_template:
            raise UserError(
                "the model's tokenizer has no chat template, so messages cannot become tokens. Use "
                "the model's chat (instruct) version, or rows of prompt + completion."
            )
        if not tokenizer.is_fast:
            raise UserError(
                f"{type(tokenizer).__name__} does not say where its tokens stand in a text, so "
                "answers cannot be told from questions. Use a model with a tokenizer.json."
            )
        self.tokenizer = tokenizer

    def render(self, messages: Sequence[Message], tools: Tools) -> str:
        """The text of some messages.

        Raises:
            Unrenderable: the template refuses them.
        """
        return self._render(messages, tools, is_prompt=False)

    def render_prompt(self, messages: Sequence[Message], tools: Tools) -> str:
        """The text of some messages, and of what stands before the assistant's next answer.

        Raises:
            Unrenderable: the template refuses them.
        """
        return self._render(messages, tools, is_prompt=True)

    def render_whole(self, messages: Sequence[Message], tools: Tools) -> tuple[str, list[Span]]:
        """The text of a whole conversation, and what the template marks in it as generated.

        Marks are `{% generation %}` blocks; a template without them gives no spans. Blocks that
        touch are one span.

        Raises:
            Unrenderable: the template refuses it, or leaves out a tool.
        """
        given = _given(tools)
        template = self.tokenizer.get_chat_template(tools=given)
        if _MARKS.search(template) is None:
            text, spans = self.render(messages, tools), []
        else:
            with _refusals():
                rendered: Any = render_jinja_template(
                    [_prepared(messages)],
                    given,
                    chat_template=template,
                    return_assistant_tokens_mask=True,
                    **dict[str, Any](self.tokenizer.special_tokens_map),
                )
            (text,), (marks,) = rendered
            text, spans = _readable(text), _joined(marks)
        _must_show_tools(text, messages, tools)
        return text, spans

    def _render(self, messages: Sequence[Message], tools: Tools, *, is_prompt: bool) -> str:
        with _refusals():
            text: Any = self.tokenizer.apply_chat_template(
                _prepared(messages),
                tools=_given(tools),
                tokenize=False,
                add_generation_prompt=is_prompt,
            )
        return _readable(text)

    @cached_property
    def stops(self) -> frozenset[int]:
        """Every token that may end an answer: the special ones, and the template's own."""
        added = self.tokenizer.added_tokens_decoder
        special = {number for number, token in added.items() if token.special}
        special.update(self.tokenizer.all_special_ids)
        if self.end_of_turn is not None:
            special.add(self.end_of_turn)
        return frozenset(special)

    @cached_property
    def end_of_turn(self) -> int | None:
        """The token the template writes behind an answer, read off a rendered example.

        None where it is no token of its own (a text that the tokenizer breaks into pieces), or the
        template does not take one question and its answer.
        """
        answer = "ok"
        example = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": answer}]
        try:
            text = self.render(example, None)
        except Unrenderable:
            return None
        behind = text[text.rfind(answer) + len(answer) :]
        added = self.tokenizer.added_tokens_decoder
        for number in self.tokenizer(behind, add_special_tokens=False)["input_ids"]:
            if number in added and not added[number].content.isspace():
                return int(number)
        return None

    @cached_property
    def special_texts(self) -> tuple[str, ...]:
        """The special tokens, as they stand in a rendered text."""
        return tuple(self.tokenizer.convert_ids_to_tokens(sorted(self.stops)))


def _prepared(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages as templates are written for: a call's arguments are a mapping, not JSON text."""
    prepared = []
    for message in messages:
        kept = {key: value for key, value in message.items() if key != "weight"}
        if kept.get("tool_calls"):
            kept["tool_calls"] = [_call(call) for call in kept["tool_calls"]]
        prepared.append(kept)
    return prepared


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    function = dict(call["function"])
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        function["arguments"] = _parsed(arguments.strip() or "{}", function["name"])
    return {**call, "function": function}


def _parsed(arguments: str, name: str) -> dict[str, Any]:
    try:
        parsed = json.loads(arguments)
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise Unrenderable(
            f"the arguments of its call to `{name}` are no JSON object; write them as one"
        )
    return parsed


def _must_show_tools(text: str, messages: Sequence[Message], tools: Tools) -> None:
    """Many templates know nothing of tools and pass over them without a word."""
    called = [call for message in messages for call in message.get("tool_calls") or ()]
    for tool in [*(tools or ()), *called]:
        name = tool.get("function", tool)["name"]
        if name not in text:
            raise Unrenderable(
                f"the chat template leaves out its tool `{name}`; use a model that was made to "
                "call tools, or take tools out of the rows"
            )


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        elif start < end:
            joined.append((start, end))
    return joined


@contextmanager
def _refusals() -> Iterator[None]:
    """What a template throws at messages it does not take."""
    try:
        yield
    except (jinja2.TemplateError, TypeError, ValueError) as error:
        if isinstance(error, Unrenderable):
            raise
        reason = " ".join(str(error).split())[:_SHOWN].rstrip(".")
        raise Unrenderable(
            f"the chat template refuses it ({reason}); change its roles or their order, or use a "
            "model whose template takes them"
        ) from error


def _given(tools: Tools) -> Any:
    return list(tools) if tools else None  # an empty list makes some templates speak of tools


def _readable(text: str) -> str:
    # A tokenizer takes UTF-8 only. One character for one: places stay where they are.
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
