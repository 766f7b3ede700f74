"""Copies that a model writes: what it is asked, what is kept, what it may cost, what counts."""

import logging
from collections.abc import Sequence
from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.data.augmentation.asking import about_tokens, filled
from luthier.data.augmenter import Added, Means
from luthier.data.lent import Judges, Writes, Writing
from tests.served import serving

MENU = Menu("luthier.data.augmenters")
ROWS = [Row({"text": f"where is my card number {chr(97 + n)}", "label": "card"}) for n in range(6)]


class Local:
    """A model of this machine that says what it is told, and remembers what it was asked."""

    identity = "local"

    def __init__(self, answer: str = "", labels: Sequence[str] = ()):
        self.answer, self.labels = answer, labels
        self.prompts: list[str] = []

    def __call__(self, prompts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        self.prompts += prompts
        return [self.answer or f"said {seed}" for seed in seeds]

    def writer(self, model: str, writing: Writing) -> Writes:
        return self

    def judge(self, run: str) -> Judges:
        return lambda rows: list(self.labels)[: len(rows)]

    def perplexity(self, model: str) -> Any:
        raise AssertionError

    def probability(self, run: str, labels: Sequence[str]) -> Any:
        raise AssertionError


def run(
    choice: str, rows: Sequence[Row], models: Local | None = None, **options: Any
) -> tuple[list[Row], Added]:
    augmenter = MENU.build({choice: {"model": "m", "share": 1.0, **options}})
    means, tally = Means(7, models), Added(choice)
    augmenter.begin(rows, means)
    return [made for _, made in augmenter.augment(rows, means, tally)], tally


def test_a_model_of_this_machine_is_asked() -> None:
    local = Local("elsewhere")
    made, _ = run("paraphrase", ROWS[:2], local)
    assert [row["text"] for row in made] == ["elsewhere", "elsewhere"]
    assert local.prompts[0].startswith("Rewrite")
    assert local.prompts[0].endswith(ROWS[0]["text"])


def test_a_chinese_row_is_asked_in_chinese() -> None:
    local = Local("好")
    run("paraphrase", [Row({"text": "我的卡丢了", "label": "挂失"})], local)
    assert local.prompts[0].startswith("请换一种说法")


def test_generate_names_the_label_and_shows_the_row() -> None:
    local = Local("another")
    run("generate", ROWS[:1], local)
    assert "“card”" in local.prompts[0]
    assert ROWS[0]["text"] in local.prompts[0]


def test_an_instruction_of_ones_own_is_filled_in() -> None:
    row = Row({"text": "{label} and {text}", "label": ["a", "b"]})
    assert filled("{label}: {text} {other}", row) == "a, b: {label} and {text} {other}"


def test_a_second_run_asks_nothing() -> None:
    with serving() as served:
        server = {"url": served.url}
        first, _ = run("paraphrase", ROWS, server=server)
        asked = len(served.bodies)
        again, tally = run("paraphrase", ROWS, server=server)
        assert (asked, len(served.bodies)) == (6, 6)
    assert again == first
    assert tally.notes["answers from an earlier run"] == 6


def test_a_run_that_broke_off_goes_on_where_it_was() -> None:
    told: list[str] = []

    def breaks(prompt: str) -> tuple[int, str]:
        told.append(prompt)
        return (200, "well") if len(told) <= 2 else (400, "enough")

    with serving(breaks) as served:
        server = {"url": served.url, "parallel": 1, "retries": 0}
        with pytest.raises(UserError, match="What was answered so far is kept"):
            run("paraphrase", ROWS, server=server)
        told.clear()
        told += ["", ""]
        with pytest.raises(UserError, match="enough"):
            run("paraphrase", ROWS, server=server)
    assert len(told) == 3


def test_the_cost_is_told_before_the_first_request(caplog: pytest.LogCaptureFixture) -> None:
    server = {"price_in": 1000.0, "price_out": 1000.0}
    with serving() as served, caplog.at_level(logging.INFO, "luthier"):
        augmenter = MENU.build(
            {"paraphrase": {"model": "m", "share": 1.0, "server": {"url": served.url, **server}}}
        )
        augmenter.begin(ROWS, Means(7))
        assert served.bodies == []
    assert "6 requests to m, about" in caplog.text
    assert "by the prices given" in caplog.text


def test_more_requests_than_allowed_are_refused_before_the_first() -> None:
    with serving() as served:
        with pytest.raises(UserError, match=r"6 requests.*max_requests \(5\).*Nothing was asked"):
            run("paraphrase", ROWS, server={"url": served.url, "max_requests": 5})
        assert served.bodies == []


def test_what_the_checking_model_labels_otherwise_is_left_out() -> None:
    made, tally = run("paraphrase", ROWS[:2], Local(labels=["card", "loan"]), check="runs/cards")
    assert len(made) == 1
    assert tally.left_out == {"the checking model gives it another label": 1}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("   ", "the model wrote nothing"),
        ("“where is my card number a”", "nothing in it to change"),
        ("no end " * 500, "the model wrote far more than a text of this kind"),
    ],
)
def test_an_answer_that_is_no_copy_is_left_out(answer: str, reason: str) -> None:
    made, tally = run("paraphrase", ROWS[:1], Local(answer))
    assert made == []
    assert tally.left_out == {reason: 1}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"tokens": ["a"], "tags": ["O"]}, "its labels stand on its very words"),
        ({"text": "[E1] a [/E1] [E2] b [/E2]", "label": "x"}, "its labels stand on its very words"),
        ({"prompt": "p", "completion": "c", "tests": "t"}, "a program is asked for"),
        ({"text": " ", "label": "x"}, "no text that could be written anew"),
        (
            {"messages": [{"role": r, "content": "x"} for r in ("user", "assistant", "user")]},
            "a conversation of several turns",
        ),
    ],
)
def test_a_row_whose_label_would_be_lost_is_left_out(fields: dict[str, Any], reason: str) -> None:
    local = Local("other")
    made, tally = run("paraphrase", [Row(fields)], local)
    assert (made, local.prompts) == ([], [])
    assert tally.left_out == {reason: 1}


def test_a_copy_that_lost_a_number_or_a_placeholder_is_left_out() -> None:
    rows = [Row({"text": f"{part} was sent", "label": "x"}) for part in ("20 euro", "{name}")]
    made, tally = run("paraphrase", rows, Local("something was sent"))
    assert made == []
    assert tally.left_out == {"a number, an address or a placeholder got lost": 2}
    assert len(run("generate", rows, Local("nothing was"))[0]) == 2


def test_of_a_question_about_a_text_only_the_question_is_rewritten() -> None:
    answers = {"text": ["York"], "answer_start": [3]}
    row = Row({"context": "in York", "question": "where?", "answers": answers})
    (made,), _ = run("paraphrase", [row], Local("at what place?"))
    assert made.fields == {**row.fields, "question": "at what place?"}


def test_generate_leaves_rows_with_an_answer_of_their_own_alone() -> None:
    _, tally = run("generate", [Row({"prompt": "p", "completion": "c"})], Local("x"))
    assert tally.left_out == {"its answer belongs to this very text": 1}


def test_without_a_lender_a_local_model_is_told() -> None:
    with pytest.raises(UserError, match="nobody lends one"):
        run("paraphrase", ROWS)


def test_the_key_stands_in_no_recipe() -> None:
    mistakes = MENU.mistakes(
        {"paraphrase": {"model": "m", "server": {"url": "http://x", "key": "sk"}}}, "data.augment"
    )
    assert [mistake.place for mistake in mistakes] == ["data.augment.paraphrase.server.key"]
    assert "key_from" in mistakes[0].sentence


def test_tokens_are_guessed_by_script() -> None:
    assert about_tokens("four char") == 3
    assert about_tokens("银行卡") == 3
