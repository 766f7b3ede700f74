"""Messages become the tokens of the chat template, and the loss is on what is generated."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.models.chat import (
    ChatsRefused,
    Conversation,
    Rendered,
    must_learn,
    prompt_ids,
    render_chats,
)
from tests import chat_templates as kinds
from tests.chat_templates import make_chat_tokenizer

USER, ANSWER = {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello there"}
AGAIN, BYE = {"role": "user", "content": "今天"}, {"role": "assistant", "content": "Bye 谢谢"}
ONE, TWO = [USER, ANSWER], [USER, ANSWER, AGAIN, BYE]
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
CALL = {
    "role": "assistant",
    "content": "",
    "tool_calls": [{"type": "function", "function": {"name": "weather", "arguments": "{}"}}],
}
TOOL_TALK = [USER, CALL, {"role": "tool", "name": "weather", "content": "sunny"}, BYE]
FIT = {
    name: getattr(kinds, name)
    for name in ("CHATML", "MARKED_CHATML", "LLAMA3", "MISTRAL", "PHI", "TOOLS")
}


def render(template: str, messages: Any, tools: Any = None, **options: Any) -> Rendered:
    tokenizer = make_chat_tokenizer(template)
    chat = Conversation(messages, tools)
    return render_chats([chat], tokenizer, **{"max_length": 10_000, **options})[0]


def learnt(template: str, messages: Any, tools: Any = None, **options: Any) -> list[str]:
    """The texts that the loss is on, run by run."""
    tokenizer = make_chat_tokenizer(template)
    row = render(template, messages, tools, **options)
    runs: list[list[int]] = []
    before = 0.0
    for token, weight in zip(row.ids, row.weights, strict=True):
        if weight and not before:
            runs.append([])
        if weight:
            runs[-1].append(token)
        before = weight
    return [tokenizer.decode(run) for run in runs]


def fault(template: str, messages: Any, tools: Any = None, **options: Any) -> str:
    with pytest.raises(ChatsRefused) as caught:
        render(template, messages, tools, **options)
    return caught.value.faults[0]


@pytest.mark.parametrize("messages", [ONE, TWO, [USER]], ids=["one", "two", "question"])
@pytest.mark.parametrize("template", FIT.values(), ids=FIT)
def test_the_tokens_are_those_of_the_chat_template(template: str, messages: Any) -> None:
    tokenizer = make_chat_tokenizer(template)
    whole = tokenizer.apply_chat_template(messages)["input_ids"]
    assert render(template, messages).ids == whole


@pytest.mark.parametrize("messages", [ONE, TWO], ids=["one", "two"])
@pytest.mark.parametrize("template", FIT.values(), ids=FIT)
def test_the_last_answer_stands_behind_the_prompt_that_generation_gets(
    template: str, messages: Any
) -> None:
    row, tokenizer = render(template, messages), make_chat_tokenizer(template)
    prompt = tokenizer.apply_chat_template(messages[:-1], add_generation_prompt=True)["input_ids"]
    assert row.ids[: row.prompt_length] == prompt
    assert prompt_ids([Conversation(messages[:-1])], tokenizer) == [prompt]


@pytest.mark.parametrize(
    "name, ends",
    [
        ("CHATML", ["<|im_end|>\n"] * 2),
        ("MARKED_CHATML", ["<|im_end|>\n"] * 2),
        ("LLAMA3", ["<|eot|>"] * 2),
        ("MISTRAL", ["</s>"] * 2),
        ("PHI", ["<|end|>\n", "<|end|>\n</s>"]),
    ],
)
def test_the_loss_is_on_the_answers_and_what_ends_them(name: str, ends: list[str]) -> None:
    space = " " if name == "MISTRAL" else ""
    answers = [ANSWER["content"], BYE["content"]]
    expected = [space + a + e for a, e in zip(answers, ends, strict=True)]
    assert learnt(FIT[name], TWO) == expected


def test_marks_and_prefixes_agree_where_both_are_there() -> None:
    assert render(kinds.MARKED_CHATML, TWO) == render(kinds.UNMARKED_CHATML, TWO)


@pytest.mark.parametrize("template", [kinds.MARKED_CHATML, kinds.CHATML])
def test_an_answer_weighs_what_its_message_says(template: str) -> None:
    row = render(template, [USER, {**ANSWER, "weight": 0.25}, AGAIN, BYE])
    tokenizer = make_chat_tokenizer(template)
    assert set(row.weights) == {0.0, 0.25, 1.0}
    quarter = [t for t, w in zip(row.ids, row.weights, strict=True) if w == 0.25]
    assert tokenizer.decode(quarter) == "Hello there<|im_end|>\n"


def test_a_weight_of_nothing_keeps_an_answer_out() -> None:
    assert learnt(kinds.CHATML, [USER, {**ANSWER, "weight": 0}, AGAIN, BYE]) == [
        "Bye 谢谢<|im_end|>\n"
    ]


def test_a_weight_on_a_question_changes_nothing() -> None:
    assert render(kinds.CHATML, [{**USER, "weight": 1}, ANSWER]) == render(kinds.CHATML, ONE)


@pytest.mark.parametrize("template", [kinds.MARKED_CHATML, kinds.CHATML, kinds.THINKING])
def test_last_learns_the_last_answer(template: str) -> None:
    assert learnt(template, TWO, learn="last") == ["Bye 谢谢<|im_end|>\n"]


def test_last_learns_the_last_answer_before_a_question() -> None:
    assert learnt(kinds.CHATML, [*ONE, AGAIN], learn="last") == ["Hello there<|im_end|>\n"]


def test_all_learns_every_token() -> None:
    assert set(render(kinds.CHATML, TWO, learn="all").weights) == {1.0}


def test_all_still_weighs_answers() -> None:
    row = render(kinds.CHATML, [USER, {**ANSWER, "weight": 0.5}], learn="all")
    assert row.weights[: row.prompt_length] == [1.0] * row.prompt_length
    assert set(row.weights[row.prompt_length :]) == {0.5}


def test_a_conversation_without_answers_is_all_prompt() -> None:
    row = render(kinds.CHATML, [USER])
    assert (row.prompt_length, any(row.weights)) == (len(row.ids), False)


def test_calls_of_tools_are_learnt_and_their_results_are_not() -> None:
    assert learnt(kinds.TOOLS, TOOL_TALK, [TOOL]) == [
        "<call>weather{}</call><|im_end|>\n",
        "Bye 谢谢<|im_end|>\n",
    ]


def test_what_is_too_long_loses_its_end() -> None:
    whole = render(kinds.CHATML, ONE)
    cut = render(kinds.CHATML, ONE, max_length=len(whole.ids) - 2)
    assert cut.ids == whole.ids[:-2]
    assert cut.weights == whole.weights[:-2]
    assert (cut.prompt_length, cut.full_length) == (whole.prompt_length, len(whole.ids))


def test_a_prompt_that_is_too_long_leaves_nothing_to_learn() -> None:
    row = render(kinds.CHATML, ONE, max_length=8)
    assert (row.prompt_length, any(row.weights), len(row.ids)) == (8, False, 8)


def test_rows_that_teach_nothing_are_told_at_once() -> None:
    rows = [render(kinds.CHATML, ONE, max_length=length) for length in (8, 100, 9)]
    with pytest.raises(UserError, match=r"2 of 3 rows have no token .* \(a, c\): 2 of them are l"):
        must_learn(rows, ["a", "b", "c"])


def test_a_row_that_weighs_nothing_from_the_start_is_told_so() -> None:
    row = render(kinds.CHATML, [USER, {**ANSWER, "weight": 0}])
    with pytest.raises(UserError, match="give them an answer with a weight"):
        must_learn([row], ["a"])


def test_rows_that_teach_something_pass() -> None:
    assert must_learn([render(kinds.CHATML, ONE)], ["a"]) is None


def test_all_faulty_conversations_are_told_at_once_by_name_and_by_number() -> None:
    tokenizer = make_chat_tokenizer(kinds.MISTRAL)
    chats = [Conversation(m) for m in (ONE, [ANSWER], TWO, [USER, USER, ANSWER])]
    with pytest.raises(ChatsRefused, match=r"2 of 4 [\s\S]*  b: [\s\S]*  d: ") as caught:
        render_chats(chats, tokenizer, max_length=99, names=["a", "b", "c", "d"])
    assert list(caught.value.faults) == [1, 3]


def test_of_many_faulty_conversations_a_few_are_shown() -> None:
    chats = [Conversation([ANSWER])] * 9
    with pytest.raises(ChatsRefused, match=r"conversation 5: [^\n]*\n  \.\.\. and 4 more\.$"):
        render_chats(chats, make_chat_tokenizer(kinds.MISTRAL), max_length=99)


def test_a_prompt_that_the_template_refuses_is_named() -> None:
    with pytest.raises(ChatsRefused, match="x: the chat template refuses it"):
        prompt_ids([Conversation([ANSWER])], make_chat_tokenizer(kinds.MISTRAL), names=["x"])


def test_a_template_that_rewrites_earlier_answers_is_refused() -> None:
    thinking = {"role": "assistant", "content": "<think>\nhm\n</think>\nHello"}
    told = fault(kinds.THINKING, [USER, thinking, AGAIN, BYE])
    assert "rewrites the answer in message 2" in told
    assert "learn: last" in told


def test_a_template_that_ends_an_answer_otherwise_later_is_refused() -> None:
    ends = kinds.UNMARKED_CHATML.replace(
        "m.content + '<|im_end|>\n'",
        "m.content + ('</s>' if loop.last and m.role == 'assistant' else '<|im_end|>\n')",
    )
    assert "rewrites the answer in message 2" in fault(ends, TWO)


def test_a_template_that_opens_answers_for_generation_only_is_refused() -> None:
    told = fault(kinds.OPENS_THINKING, ONE)
    assert r"goes on with '<think>\n'" in told
    assert "begin the answer with it" in told


def test_an_answer_that_begins_as_the_prompt_opens_it_is_learnt() -> None:
    thinking = {"role": "assistant", "content": "<think>\nhm\n</think>\nHello"}
    assert learnt(kinds.OPENS_THINKING, [USER, thinking]) == ["hm\n</think>\nHello<|im_end|>\n"]


def test_a_token_across_the_border_of_prompt_and_answer_is_refused() -> None:
    told = fault(kinds.MERGING, ONE)
    assert "merges with the first of its answer ('>assistant: ' + 'Hello there<')" in told


def test_white_space_that_merges_with_the_prompt_is_named_as_the_reason() -> None:
    told = fault(kinds.CHATML, [USER, {"role": "assistant", "content": "\n\nHello"}])
    assert told.endswith("strip the white space that the answer begins with")


def test_a_border_counts_as_merged_when_only_the_prompts_own_tokens_change() -> None:
    # GPT-2 parts "\n\n" before a word: the border is one of tokens, the prompt's are others.
    tokenizer = make_chat_tokenizer(kinds.LLAMA3, split="gpt2")
    with pytest.raises(ChatsRefused, match="merges with the first of its answer"):
        render_chats([Conversation(ONE)], tokenizer, max_length=99)


def test_an_answer_without_an_end_is_refused() -> None:
    assert "no special token ends its answer" in fault(kinds.NO_END, ONE)


def test_an_answer_without_an_end_is_refused_where_all_is_learnt() -> None:
    assert "no special token ends its answer" in fault(kinds.NO_END, ONE, learn="all")


def test_an_answer_that_weighs_nothing_needs_no_end() -> None:
    row = render(kinds.NO_END, [USER, {**ANSWER, "weight": 0}], learn="all")
    assert not any(row.weights[row.prompt_length :])


def test_a_template_for_another_tokenizer_is_refused() -> None:
    tokenizer = make_chat_tokenizer(kinds.CHATML, special=("<s>", "</s>"))
    with pytest.raises(ChatsRefused, match="was made for another tokenizer"):
        render_chats([Conversation(ONE)], tokenizer, max_length=99)


def test_marks_that_leave_out_the_end_are_refused() -> None:
    lost = kinds.MARKED_CHATML.replace(
        "+ '<|im_end|>\n' }}{% endgeneration %}", "}}{% endgeneration %}{{ '<|im_end|>\n' }}"
    )
    assert "no special token ends its answer" in fault(lost, ONE)


def test_marks_that_leave_out_an_answer_are_refused() -> None:
    first = kinds.MARKED_CHATML.replace(
        "{% if m.role == 'assistant' %}", "{% if m.role == 'assistant' and loop.last %}"
    )
    assert "marks only 1 of 2 answers" in fault(first, TWO)


def test_marks_that_fit_no_answer_cannot_be_weighed() -> None:
    header = kinds.MARKED_CHATML.replace(
        "{{ '<|im_start|>' + m.role + '\n' }}{% if m.role == 'assistant' %}",
        "{% if m.role == 'assistant' %}{% generation %}{{ '<|im_start|>' + m.role + '\n' }}"
        "{% endgeneration %} {% else %}{{ '<|im_start|>' + m.role + '\n' }}{% endif %}"
        "{% if m.role == 'assistant' %}",
    )
    told = fault(header, [USER, {**ANSWER, "weight": 0}, AGAIN, BYE])
    assert "marks 4 places as generated for 2 answers" in told


def test_a_conversation_that_begins_with_an_answer_is_refused() -> None:
    assert "begins with an answer" in fault(kinds.CHATML, [ANSWER, USER, BYE])


def test_a_greeting_that_weighs_nothing_may_come_first() -> None:
    assert learnt(kinds.CHATML, [{**ANSWER, "weight": 0}, USER, BYE]) == ["Bye 谢谢<|im_end|>\n"]


def test_a_greeting_may_come_first_where_the_template_marks_it() -> None:
    assert len(learnt(kinds.MARKED_CHATML, [ANSWER, USER, BYE])) == 2


def test_no_messages_are_refused() -> None:
    assert "has no messages" in fault(kinds.CHATML, [])


def test_a_negative_weight_is_refused() -> None:
    assert "negative `weight`" in fault(kinds.CHATML, [USER, {**ANSWER, "weight": -1}])


def test_a_questions_weight_is_refused_where_all_is_learnt() -> None:
    told = fault(kinds.CHATML, [{**USER, "weight": 0}, ANSWER], learn="all")
    assert "is not the assistant's has a `weight`" in told


def test_a_template_that_ignores_tools_is_refused() -> None:
    assert "leaves out its tool `weather`" in fault(kinds.CHATML, ONE, [TOOL])


def test_a_template_that_ignores_calls_is_refused() -> None:
    told = fault(kinds.LISTS_TOOLS_ONLY, TOOL_TALK, [TOOL])
    assert "leaves out the call of `weather`" in told


words = st.lists(
    st.sampled_from([*"ab \n.你好é\u2028</[]", " hello", "<|im_end|>", "</s>", "[INST]"])
).map("".join)
chats = st.lists(st.tuples(words, words), min_size=1, max_size=3).map(
    lambda turns: [
        message
        for question, answer in turns
        for message in (
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        )
    ]
)


@pytest.mark.parametrize("split", ["newlines", "gpt2"])
@pytest.mark.parametrize("template", [*FIT.values(), kinds.MERGING], ids=[*FIT, "MERGING"])
def test_whatever_is_said_the_prompt_is_the_prompt_or_the_row_is_refused(
    template: str, split: kinds.Split
) -> None:
    tokenizer = make_chat_tokenizer(template, split=split)

    @given(chats)
    @settings(max_examples=40, deadline=None)
    def holds(messages: list[dict[str, str]]) -> None:
        prompt = prompt_ids([Conversation(messages[:-1])], tokenizer)[0]
        whole = tokenizer.apply_chat_template(messages)["input_ids"]
        try:
            row = render_chats([Conversation(messages)], tokenizer, max_length=10_000)[0]
        except ChatsRefused:
            return
        assert row.ids == whole
        assert row.ids[: row.prompt_length] == prompt
        assert all(row.weights[row.prompt_length :])

    holds()
