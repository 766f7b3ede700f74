from hypothesis import given
from hypothesis import strategies as st

from luthier.data.quality.sample import Sample

TEXTS = [f"text {n}" for n in range(500)]


def keys(texts: list[str], size: int) -> list[int]:
    sample = Sample(size)
    for start in range(0, len(texts), 7):
        part = texts[start : start + 7]
        sample.add("train", part, [None] * len(part))
    return [row.key for row in sample.rows()]


@given(st.permutations(TEXTS[:80]))
def test_the_sample_is_the_same_in_any_order(texts: list[str]) -> None:
    assert keys(texts, 20) == keys(TEXTS[:80], 20)


def test_a_smaller_sample_is_the_beginning_of_a_larger_one() -> None:
    assert keys(TEXTS, 30) == keys(TEXTS, 100)[:30]


def test_few_rows_are_all_taken() -> None:
    assert len(keys(TEXTS[:9], 20)) == 9


def test_rows_without_text_are_left_out() -> None:
    assert len(keys(["", " \n", "a"], 20)) == 1


def test_lone_surrogates_are_sampled_too() -> None:
    assert len(keys(["caf\udce9"], 2)) == 1
