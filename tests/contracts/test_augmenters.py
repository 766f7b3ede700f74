"""What every augmenter of the menu keeps to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.data.augmenter import Added, Augmenter, Means
from luthier.data.lent import Judges, Writes, Writing

MENU = Menu("luthier.data.augmenters")
ALL = MENU.names()
CHINESE = "我的银行卡在商场丢了，请问怎么重新办一张？"
CONTEXT = "The bank was founded by Bill Smith in old Seattle, where people like the rain."
ROWS: list[dict[str, Any]] = [
    {"text": "I still wait for my new card, where is it?", "label": "arrival"},
    {"text": "I still wait for my new card at place 17", "label": ["arrival", "card"], "line": 7},
    {"text": CHINESE, "label": "挂失"},
    {"text": "The weather is fine", "text_pair": "It does rain today", "score": 1.5},
    {"tokens": ["Bill", "likes", "old", "New", "York"], "tags": ["B-P", "O", "O", "B-L", "I-L"]},
    {
        "context": CONTEXT,
        "question": "Who founded the old bank?",
        "answers": {"text": ["Bill Smith", "Seattle"], "answer_start": [24, 42]},
    },
    {
        "messages": [
            {"role": "system", "content": "Be kind to people."},
            {"role": "user", "content": "Where is the bank?"},
            {"role": "assistant", "content": "Right here by the sea."},
        ]
    },
    {"prompt": "Tell me about the old bank", "completion": "It is old.", "tests": "assert x"},
    {"prompt": "Tell me about the old bank", "completion": "It is old."},
    {"text": "The [E1] old bank [/E1] likes the <e2>new card</e2>", "label": "likes"},
    {"text": "", "label": "none"},
]


class Parrot:
    """A model that says the last line of the prompt with other words around it."""

    identity = "parrot"

    def __call__(self, prompts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        said = zip(prompts, seeds, strict=True)
        return [f"so {prompt.splitlines()[-1][:60]} {seed % 100}" for prompt, seed in said]


class Models:
    def writer(self, model: str, writing: Writing) -> Writes:
        return Parrot()

    def judge(self, run: str) -> Judges:
        raise AssertionError("nothing is to be judged")


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "synonyms.txt"
    path.write_text("old aged\nbank lender\nwait stay\nfine good\n商场 商城\n丢 遗失", "utf-8")
    return str(path)


def build(name: str, table: str, **more: Any) -> Augmenter:
    needed: dict[str, dict[str, Any]] = {
        "replace_synonyms": {"table": table},
        "insert_words": {"table": table},
        "paraphrase": {"model": "parrot"},
        "generate": {"model": "parrot"},
        "back_translate": {"there": "parrot", "back": "parrot"},
    }
    made: Augmenter = MENU.build({name: {"share": 1.0, **needed.get(name, {}), **more}})
    return made


def run(
    name: str, rows: Sequence[Row], table: str, seed: int = 7, **more: Any
) -> tuple[list[tuple[Row, Row]], Added]:
    tally, means = Added(name), Means(seed, Models())
    augmenter = build(name, table, **more)
    augmenter.begin(rows, means)
    return list(augmenter.augment(rows, means, tally)), tally


def collected() -> list[Row]:
    return [Row(fields) for fields in ROWS]


def test_the_augmenters_of_the_menu_are_tested_here() -> None:
    assert len(ALL) == 9


@pytest.mark.parametrize("name", ALL)
def test_an_augmenter_says_in_a_sentence_what_it_does(name: str) -> None:
    assert MENU.summary(name).endswith(".")


@pytest.mark.parametrize("name", ALL)
def test_an_augmenter_has_the_options_of_all(name: str) -> None:
    options = set(MENU.schema(name).model_fields)
    assert {"share"} <= options
    assert "copies" in options or name == "back_translate"


@pytest.mark.parametrize("name", ALL)
def test_something_is_made(name: str, table: str) -> None:
    assert len(run(name, collected(), table)[0]) >= 1


@pytest.mark.parametrize("name", ALL)
def test_every_row_is_accounted_for(name: str, table: str) -> None:
    made, tally = run(name, collected(), table)
    assert (tally.rows_in, tally.chosen) == (len(ROWS), len(ROWS))
    assert len(made) + tally.left_out.total() == len(ROWS)


@pytest.mark.parametrize("name", ALL)
def test_a_new_row_remembers_its_parent_and_what_that_was_collected_as(
    name: str, table: str
) -> None:
    rows = [row.derive(note="cleaned") for row in collected()]
    for parent, made in run(name, rows, table)[0]:
        assert made.id != parent.id
        assert made.derived_from == (*parent.derived_from, parent.id)
        assert len(made.derived_from) == 2


@pytest.mark.parametrize("name", ALL)
def test_the_same_row_gives_the_same_copy_wherever_it_stands(name: str, table: str) -> None:
    rows = collected()
    there = {parent.id: made for parent, made in run(name, rows, table)[0]}
    here = {parent.id: made for parent, made in run(name, rows[::-2], table)[0]}
    assert here == {key: there[key] for key in here}


@pytest.mark.parametrize("name", [name for name in ALL if name != "back_translate"])
def test_another_seed_gives_other_copies(name: str, table: str) -> None:
    rows = [Row({"text": f"{chr(97 + n)} {CONTEXT}", "label": "a"}) for n in range(20)]
    one, other = ([made for _, made in run(name, rows, table, seed)[0]] for seed in (1, 2))
    assert one != other


@pytest.mark.parametrize("name", ALL)
def test_labels_and_answers_survive(name: str, table: str) -> None:
    for parent, made in run(name, collected(), table)[0]:
        for field in ("label", "score", "completion", "line"):
            assert made.get(field) == parent.get(field)
        if "answers" in made.fields:
            answers = made["answers"]
            for text, start in zip(answers["text"], answers["answer_start"], strict=True):
                assert made["context"][start : start + len(text)] == text
        if "messages" in made.fields:
            assert [turn["role"] for turn in made["messages"]] == ["system", "user", "assistant"]
            assert made["messages"][::2] == parent["messages"][::2]


@pytest.mark.parametrize("name", ALL)
def test_tags_stay_on_their_tokens(name: str, table: str) -> None:
    for parent, made in run(name, collected(), table)[0]:
        if "tokens" in made.fields:
            assert len(made["tokens"]) == len(made["tags"])
            named = [tag for tag in made["tags"] if tag != "O"]
            assert named == [tag for tag in parent["tags"] if tag != "O"]


@pytest.mark.parametrize("name", ALL)
def test_a_program_is_left_alone(name: str, table: str) -> None:
    rows = [Row(fields) for fields in ROWS if "tests" in fields]
    assert run(name, rows, table)[0] == []


@pytest.mark.parametrize("name", ALL)
def test_marked_entities_survive(name: str, table: str) -> None:
    rows = [Row(fields) for fields in ROWS if fields.get("label") == "likes"]
    for _, made in run(name, rows, table)[0]:
        assert "[E1] old bank [/E1]" in made["text"]
        assert "<e2>new card</e2>" in made["text"]


@pytest.mark.parametrize("name", ALL)
def test_no_rows_give_no_rows(name: str, table: str) -> None:
    made, tally = run(name, [], table)
    assert (made, tally.rows_in) == ([], 0)


@pytest.mark.parametrize("name", ALL)
def test_a_share_is_of_the_rows(name: str, table: str) -> None:
    rows = [Row({"text": f"the old bank likes row{n}", "label": "a"}) for n in range(400)]
    _, tally = run(name, rows, table, share=0.25)
    assert 60 <= tally.chosen <= 140
