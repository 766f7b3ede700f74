"""Everybody gets every item they should, once, and nobody races for one."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from luthier.data.annotation.answer_log import Do, Entry
from luthier.data.annotation.kinds.classes import Classes
from luthier.data.annotation.ledger import Ledger
from luthier.data.annotation.queue import HELD_SECONDS, Queue

PEOPLE = ("ann", "bob", "cyd")
NONE = np.array([], np.int64)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def ledger(items: int, overlap: int) -> Ledger:
    ids = [f"i{n}" for n in range(items)]
    kind = Classes(labels=["a", "b"])
    return Ledger(ids, {id: n for n, id in enumerate(ids)}, kind, overlap)


def entry(do: Do, by: str, number: int, label: str = "a") -> Entry:
    return {
        "do": do,
        "item": f"i{number}",
        "by": by,
        "value": {"label": label} if do in ("answer", "adjudicate") else None,
        "seconds": None,
        "guidelines": 0,
        "at": "",
        "note": "",
    }


def queue(book: Ledger, overlap: int = 1, **more: object) -> Queue:
    order = np.arange(len(book.count))
    return Queue(book, overlap, order, **{"gold": NONE, **more})  # type: ignore[arg-type]


def say(book: Ledger, line: Queue, by: str, number: int, do: Do = "answer") -> None:
    book.apply(entry(do, by, number))
    line.said(by, number)


def test_two_people_do_not_get_the_same_item_where_one_answer_is_wanted() -> None:
    line = queue(ledger(3, 1))
    assert [line.next("ann"), line.next("bob"), line.next("cyd")] == [0, 1, 2]


def test_as_many_people_get_an_item_as_are_to_answer_it() -> None:
    line = queue(ledger(3, 2), 2)
    assert [line.next("ann"), line.next("bob"), line.next("cyd")] == [0, 0, 1]


def test_asked_again_one_gets_the_same_item() -> None:
    line = queue(ledger(3, 1))
    assert line.next("ann") == line.next("ann")


def test_nothing_is_left_where_all_is_in_others_hands() -> None:
    line = queue(ledger(1, 1))
    line.next("ann")
    assert line.next("bob") is None
    assert line.left("bob") == 1


def test_an_item_that_is_held_too_long_goes_to_somebody_else() -> None:
    clock = Clock()
    line = queue(ledger(1, 1), clock=clock)
    line.next("ann")
    assert line.next("bob") is None
    clock.now = HELD_SECONDS
    assert line.next("bob") == 0


def test_what_one_person_skips_others_are_asked() -> None:
    book = ledger(1, 1)
    line = queue(book)
    line.next("ann")
    assert line.next("bob") is None
    say(book, line, "ann", 0, "skip")
    assert (line.next("ann"), line.next("bob")) == (None, 0)


def test_a_decided_item_is_not_asked_any_more() -> None:
    book = ledger(2, 2)
    book.apply(entry("adjudicate", "bob", 0))
    assert queue(book, 2).next("ann") == 1


def test_gold_comes_every_so_many_items_to_everybody_and_never_else() -> None:
    book = ledger(9, 1)
    line = queue(book, gold=np.array([7, 8]), gold_every=3)
    asked: dict[str, list[int]] = {"ann": [], "bob": []}
    for by in ("ann", "bob"):
        for _ in range(4):
            number = line.next(by)
            assert number is not None
            say(book, line, by, number)
            asked[by].append(number)
    assert asked == {"ann": [0, 1, 7, 2], "bob": [3, 4, 7, 5]}


def test_a_new_order_holds_from_the_next_item_on() -> None:
    line = queue(ledger(3, 1))
    line.next("ann")
    line.set_order(np.array([2, 1, 0]))
    assert (line.next("ann"), line.next("bob")) == (0, 2)


class Working(RuleBasedStateMachine):
    """People work in any order; whatever they do, the rules of the queue hold."""

    def __init__(self) -> None:
        super().__init__()
        self.book = ledger(6, 2)
        self.line = queue(self.book, 2)
        self.hands: dict[str, int] = {}

    @rule(by=st.sampled_from(PEOPLE))
    def take(self, by: str) -> None:
        number = self.line.next(by)
        if number is None:
            assert by not in self.hands
            return
        if by not in self.hands:
            assert not self.book.person(by).seen[number]
            assert self.book.count[number] < 2
        self.hands[by] = number

    @rule(by=st.sampled_from(PEOPLE), do=st.sampled_from(["answer", "skip"]))
    def finish(self, by: str, do: Do) -> None:
        if by in self.hands:
            say(self.book, self.line, by, self.hands.pop(by), do)

    @rule(by=st.sampled_from(PEOPLE))
    def undo(self, by: str) -> None:
        stack = self.book.person(by).undoable
        if stack:
            number = stack[-1][0]
            self.book.apply(entry("undo", by, number))
            self.line.said(by, number)
            self.line.reopen(number)
            self.line.hold(by, number)
            self.hands[by] = number

    @invariant()
    def nobody_is_passed_over(self) -> None:
        """Whoever is told that nothing is there for them could not be given anything."""
        for by in PEOPLE:
            if by in self.hands:
                continue
            others = list(self.hands.values())
            open_to = [
                number
                for number in range(6)
                if not self.book.person(by).seen[number]
                and self.book.count[number] + others.count(number) < 2
            ]
            number = self.line.next(by)
            assert number == (open_to[0] if open_to else None)
            self.line.release(by)


Working.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestWorking = Working.TestCase
