"""A chat template is applied as the tokenizer applies it, and known by what ends its answers."""

import pytest

from luthier.core.errors import UserError
from luthier.models.template import ChatTemplate, Unrenderable
from tests import chat_templates as kinds
from tests.chat_templates import make_chat_tokenizer

CHAT = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    "template, token",
    [
        (kinds.CHATML, "<|im_end|>"),
        (kinds.MARKED_CHATML, "<|im_end|>"),
        (kinds.LLAMA3, "<|eot|>"),
        (kinds.MISTRAL, "</s>"),
        (kinds.PHI, "<|end|>"),
    ],
)
def test_the_end_of_turn_is_read_off_a_rendered_answer(template: str, token: str) -> None:
    tokenizer = make_chat_tokenizer(template)
    found = ChatTemplate(tokenizer).end_of_turn
    assert found == tokenizer.convert_tokens_to_ids(token)


@pytest.mark.parametrize("template", [kinds.NO_END, "{{ raise_exception('No.') }}"])
def test_a_template_may_have_no_end_of_turn(template: str) -> None:
    assert ChatTemplate(make_chat_tokenizer(template)).end_of_turn is None


def test_an_end_that_the_tokenizer_breaks_into_pieces_is_none() -> None:
    tokenizer = make_chat_tokenizer(kinds.CHATML, special=("<s>", "</s>"))
    assert ChatTemplate(tokenizer).end_of_turn is None


def test_a_tokenizer_without_template_is_refused() -> None:
    with pytest.raises(UserError, match="has no chat template"):
        ChatTemplate(make_chat_tokenizer(None))


def test_marks_are_what_the_template_calls_generated() -> None:
    template = ChatTemplate(make_chat_tokenizer(kinds.MARKED_CHATML))
    text, spans = template.render_whole([*CHAT, *CHAT], None)
    assert [text[start:end] for start, end in spans] == ["Hello<|im_end|>\n"] * 2


def test_marks_that_touch_are_one() -> None:
    twice = kinds.MARKED_CHATML.replace("+ '<|im_end|>\n' }}{% endg", "}}{% endg").replace(
        "{% endgeneration %}",
        "{% endgeneration %}{% generation %}{{ '<|im_end|>\n' }}{% endgeneration %}",
    )
    text, spans = ChatTemplate(make_chat_tokenizer(twice)).render_whole(CHAT, None)
    assert [text[start:end] for start, end in spans] == ["Hello<|im_end|>\n"]


def test_a_weight_is_no_business_of_the_template() -> None:
    speaks = "{% for m in messages %}{{ m.keys() | list | join(',') }}{% endfor %}"
    template = ChatTemplate(make_chat_tokenizer(speaks))
    assert template.render([{**CHAT[1], "weight": 0.5}], None) == "role,content"


def test_tools_choose_the_template_that_is_made_for_them() -> None:
    tokenizer = make_chat_tokenizer({"default": kinds.CHATML, "tool_use": kinds.TOOLS})
    text, _ = ChatTemplate(tokenizer).render_whole(CHAT, [TOOL])
    assert "weather" in text


def test_the_arguments_of_a_call_reach_the_template_as_a_mapping() -> None:
    call = {"type": "function", "function": {"name": "weather", "arguments": '{"city": "Rom"}'}}
    message = {"role": "assistant", "content": "", "tool_calls": [call]}
    text = ChatTemplate(make_chat_tokenizer(kinds.TOOLS)).render([CHAT[0], message], None)
    assert '<call>weather{"city": "Rom"}</call>' in text


def test_a_call_without_arguments_has_an_empty_mapping() -> None:
    call = {"type": "function", "function": {"name": "weather", "arguments": ""}}
    message = {"role": "assistant", "content": "", "tool_calls": [call]}
    text = ChatTemplate(make_chat_tokenizer(kinds.TOOLS)).render([message], None)
    assert "<call>weather{}</call>" in text


@pytest.mark.parametrize("arguments", ["in Rome", "[1]", "[" * 100_000], ids=len)
def test_arguments_that_are_no_json_object_are_refused(arguments: str) -> None:
    call = {"type": "function", "function": {"name": "weather", "arguments": arguments}}
    message = {"role": "assistant", "content": "", "tool_calls": [call]}
    with pytest.raises(Unrenderable, match="arguments of its call to `weather` are no JSON object"):
        ChatTemplate(make_chat_tokenizer(kinds.TOOLS)).render([message], None)


def test_a_tokenizer_that_cannot_place_its_tokens_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokenizer = make_chat_tokenizer(kinds.CHATML)
    monkeypatch.setattr(type(tokenizer), "is_fast", False)
    with pytest.raises(UserError, match="with a tokenizer"):
        ChatTemplate(tokenizer)


def test_what_is_no_utf8_is_replaced_in_its_place() -> None:
    template = ChatTemplate(make_chat_tokenizer(kinds.CHATML))
    assert "a\ufffdb" in template.render([{"role": "user", "content": "a\udcffb"}], None)


def test_a_refusal_of_the_template_is_told_in_its_own_words() -> None:
    template = ChatTemplate(make_chat_tokenizer(kinds.MISTRAL))
    with pytest.raises(Unrenderable, match=r"refuses it \(Roles must alternate\); change"):
        template.render([CHAT[1]], None)
