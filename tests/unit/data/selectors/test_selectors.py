"""Each selector chooses what it says it chooses."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from luthier.core.errors import UserError
from luthier.core.registry import Menu
from tests.pools import pool_of

MENU = Menu("luthier.data.selectors")


def chosen(selector: dict[str, Any], pool: Any) -> list[int]:
    numbers: list[int] = MENU.build(selector).select(pool).tolist()
    return numbers


def labelled(*texts: str, label: str = "a") -> list[dict[str, Any]]:
    return [{"text": text, "label": label} for text in texts]


def test_balanced_gives_rare_labels_all_their_rows(tmp_path: Path) -> None:
    rows = [{"text": f"t{n}", "label": "rare" if n < 3 else "common"} for n in range(50)]
    found = chosen({"balanced": {"count": 10}}, pool_of(rows, tmp_path))
    assert Counter(rows[n]["label"] for n in found) == {"rare": 3, "common": 7}


def test_balanced_needs_one_label_a_row(tmp_path: Path) -> None:
    pool = pool_of([{"text": "a", "label": ["x", "y"]}], tmp_path)
    with pytest.raises(UserError, match="needs rows of one label each"):
        chosen({"balanced": {"count": 1}}, pool)


@pytest.mark.parametrize("method", ["k_center", "facility_location"])
def test_diverse_takes_one_of_each_kind(method: str, tmp_path: Path) -> None:
    texts = [letter * (5 + n % 2) for n in range(10) for letter in "abc"]
    pool = pool_of(labelled(*texts), tmp_path)
    found = chosen({"diverse": {"count": 3, "method": method}}, pool)
    assert {texts[n][0] for n in found} == set("abc")


def test_diverse_in_parts_still_takes_one_of_each_kind(tmp_path: Path) -> None:
    texts = [letter * 5 for _ in range(20) for letter in "abc"]
    pool = pool_of(labelled(*texts), tmp_path)
    found = chosen({"diverse": {"count": 6, "part_rows": 30}}, pool)
    assert {texts[n][0] for n in found} == set("abc")


def test_quality_takes_what_the_classifier_finds_good(tmp_path: Path) -> None:
    pool = pool_of(labelled("b", "aaa", "aa", "bb"), tmp_path)
    assert chosen({"quality": {"count": 2, "run": "r", "labels": ["good"]}}, pool) == [1, 2]


def test_quality_by_perplexity_takes_what_surprises_least(tmp_path: Path) -> None:
    pool = pool_of(labelled("bbb", "", "a", "aa"), tmp_path)
    assert chosen({"quality": {"count": 4, "perplexity": "m"}}, pool) == [2, 3, 0, 1]


@pytest.mark.parametrize("options", [{}, {"run": "r"}, {"run": "r", "perplexity": "m"}])
def test_quality_needs_one_judge(options: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="name who judges"):
        MENU.build({"quality": {"count": 1, **options}})


@pytest.mark.parametrize(
    ("prefer", "expected"), [("hard", [0, 3, 4]), ("easy", [1, 2, 4]), ("middle", [4, 2, 3])]
)
def test_difficulty_goes_by_perplexity(prefer: str, expected: list[int], tmp_path: Path) -> None:
    pool = pool_of(labelled("aaaaaaaaa", "a", "aa", "aaaaaa", "aaaa", ""), tmp_path)
    options = {"count": 3, "measure": "perplexity", "prefer": prefer}
    assert chosen({"difficulty": options}, pool) == expected


def test_rows_whose_prompt_does_not_help_are_never_chosen(tmp_path: Path) -> None:
    # The lender's losses are lengths: of the prompt for the answer after it, of the answer alone.
    pairs = [("a", "aaaa"), ("aaaaa", "aa"), ("aaa", "aaaa"), ("aa", "aa"), ("a", "")]
    rows = [{"prompt": prompt, "completion": answer} for prompt, answer in pairs]
    options = {"count": 5, "measure": "ifd"}
    assert chosen({"difficulty": options}, pool_of(rows, tmp_path)) == [3, 2, 0]


def test_difficulty_by_loss_finds_the_wrong_label(tmp_path: Path) -> None:
    rows = [*labelled(*["aab"] * 20, label="x"), *labelled(*["ccd"] * 20, label="y")]
    rows[7] = {"text": "aab", "label": "y"}
    assert chosen({"difficulty": {"count": 1}}, pool_of(rows, tmp_path)) == [7]


@pytest.mark.parametrize("targets", ["all", "label"])
def test_influence_takes_rows_like_the_target(targets: str, tmp_path: Path) -> None:
    dice = np.random.default_rng(0)

    def spelled(many: str, few: str) -> str:
        return "".join(dice.permutation(list(many * int(dice.integers(4, 8)) + few * 2)))

    pairs = {"p": ("ab", "xy"), "q": ("ba", "yx")}
    alike, others = (
        [
            {"text": spelled(*pairs[label][place]), "label": label}
            for label in pairs
            for _ in range(15)
        ]
        for place in (0, 1)
    )
    aims = [{**row, "text": row["text"][::-1]} for row in alike]
    options = {"count": 15, "targets": targets, "warmup": 0.2}
    found = chosen({"influence": options}, pool_of(alike + others, tmp_path, aims))
    assert sum(n < 30 for n in found) >= 12


def test_influence_needs_rows_to_be_like(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no validation rows"):
        chosen({"influence": {"count": 1}}, pool_of(labelled("a", "b"), tmp_path))


@pytest.mark.parametrize(
    ("near", "far"),
    [("my card has not arrived yet", "it rains all day"), ("我的银行卡还没有到", "今天一直在下雨")],
)
def test_domain_takes_rows_of_the_target_domain(near: str, far: str, tmp_path: Path) -> None:
    rows = labelled(*(f"{text} {n}" for n in range(20) for text in (near, far)))
    found = chosen({"domain": {"count": 10}}, pool_of(rows, tmp_path, labelled(near, near)))
    assert sum(near in rows[n]["text"] for n in found) >= 9


def test_domain_reads_its_target_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "target.txt").write_text("my card has not arrived yet\n" * 3, "utf-8")
    rows = labelled(*["it rains all day"] * 10, *["my card has not arrived yet"] * 3)
    options = {"count": 3, "target": str(tmp_path / "target.txt")}
    assert sorted(chosen({"domain": options}, pool_of(rows, tmp_path))) == [10, 11, 12]


def test_domain_needs_rows_to_be_like(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no target rows"):
        chosen({"domain": {"count": 1}}, pool_of(labelled("a"), tmp_path))


@pytest.mark.parametrize(
    ("region", "expected"), [("ambiguous", [1, 0]), ("hard", [2, 1]), ("easy", [0, 1])]
)
def test_cartography_takes_rows_of_the_region(
    region: str, expected: list[int], tmp_path: Path
) -> None:
    pool = pool_of(labelled("a", "b", "c", "unseen"), tmp_path)
    ids = [row.id for row in pool.rows()][:3]
    columns = {"confidence": [0.9, 0.5, 0.1], "variability": [0.2, 0.4, 0.1]}
    pq.write_table(pa.table({"ids": ids, **columns}), tmp_path / "dynamics.parquet")
    options = {"count": 2, "run": str(tmp_path), "region": region}
    assert chosen({"cartography": options}, pool) == expected


def test_cartography_never_takes_a_row_the_run_has_not_seen(tmp_path: Path) -> None:
    pool = pool_of(labelled("a", "b"), tmp_path)
    row = next(iter(pool.rows()))
    table = pa.table({"ids": [row.id], "confidence": [0.5], "variability": [0.1]})
    pq.write_table(table, tmp_path / "dynamics.parquet")
    assert chosen({"cartography": {"count": 2, "run": str(tmp_path)}}, pool) == [0]


def test_cartography_says_if_the_run_is_of_other_rows(tmp_path: Path) -> None:
    table = pa.table({"ids": ["0" * 32], "confidence": [0.5], "variability": [0.1]})
    pq.write_table(table, tmp_path / "dynamics.parquet")
    with pytest.raises(UserError, match="trained on none of these rows"):
        chosen(
            {"cartography": {"count": 1, "run": str(tmp_path)}}, pool_of(labelled("a"), tmp_path)
        )


def test_cartography_says_if_the_run_recorded_nothing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no dynamics\.parquet"):
        chosen(
            {"cartography": {"count": 1, "run": str(tmp_path)}}, pool_of(labelled("a"), tmp_path)
        )


def test_distinct_keeps_one_of_those_that_mean_the_same(tmp_path: Path) -> None:
    pool = pool_of(labelled("abc", "xyz", "cab", "bca", "zzx"), tmp_path)
    found = chosen({"distinct": {"threshold": 0.99}}, pool)
    assert sorted(found) == [0, 1, 4]
