import json
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from luthier.core.cache import cache_folder
from luthier.core.config import MENUS, Recipe, read_recipe
from luthier.core.records import Row
from luthier.evaluation.predict import Model, load_base
from luthier.tasks.encoded import Encoded
from luthier.tasks.encoded_folder import read_encoded
from luthier.tasks.library.text_classification import TextClassification
from luthier.training import encoding_cache as module
from luthier.training.encoding_cache import encode_splits
from tests.datasets import HeldRows
from tests.tiny import tokenizer_of

ANEW = "The rows are tokenized anew by the next run:"
ROWS = [
    Row({"text": text, "label": label})
    for text, label in (("buy now", "spam"), ("see you tomorrow", "ham"), ("win money", "spam"))
]


def recipe_of(base: Path, **task: Any) -> Recipe:
    return read_recipe(
        {
            "task": {"text_classification": task},
            "data": {"source": "rows.jsonl"},
            "model": {"base": str(base), "max_length": 16},
            "training": {"precision": "fp32"},
        }
    )


def model_of(recipe: Recipe, rows: Sequence[Row] = ROWS) -> Model:
    task = MENUS["task"].build(recipe.task)
    task.learn(rows)
    return load_base(recipe, task)


class Run:
    """Encodes rows, and knows how many it had to tokenize and what it said."""

    def __init__(self, scratch: Path, monkeypatch: pytest.MonkeyPatch):
        self.scratch, self.said, self.tokenized = scratch, list[str](), 0
        encode = TextClassification.encode

        def counted(task: Any, rows: Sequence[Row], *args: Any) -> Any:
            self.tokenized += len(rows)
            return encode(task, rows, *args)

        monkeypatch.setattr(TextClassification, "encode", counted)

    def __call__(
        self, recipe: Recipe, model: Model | None = None, rows: Sequence[Row] = ROWS
    ) -> Encoded:
        held: Any = HeldRows({"train": rows})
        self.tokenized = 0
        model = model or model_of(recipe)
        return encode_splits(recipe, model, held, self.scratch, self.said.append)["train"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    return Run(tmp_path / "scratch", monkeypatch)


def entries() -> list[Path]:
    return sorted(path for path in (cache_folder() / "encoded").iterdir() if path.is_dir())


def test_a_second_run_on_the_same_rows_tokenizes_nothing(run: Run, tiny_bert: Path) -> None:
    first = run(recipe_of(tiny_bert))
    assert run.tokenized == 3
    second = run(recipe_of(tiny_bert))
    assert run.tokenized == 0
    assert isinstance(second.tokens["input_ids"], np.memmap)
    assert second.tokens["input_ids"].tolist() == first.tokens["input_ids"].tolist()
    assert run.said == []


def test_each_split_is_found_by_itself(run: Run, tiny_bert: Path) -> None:
    recipe = recipe_of(tiny_bert)
    run(recipe)
    run.tokenized = 0
    held: Any = HeldRows({"train": ROWS, "test": ROWS[:2]})
    encode_splits(recipe, model_of(recipe), held, run.scratch, run.said.append)
    assert run.tokenized == 2


def test_the_same_model_in_another_folder_is_the_same(
    run: Run, tiny_bert: Path, tmp_path: Path
) -> None:
    run(recipe_of(tiny_bert))
    run(recipe_of(shutil.copytree(tiny_bert, tmp_path / "copy")))
    assert run.tokenized == 0


@pytest.mark.parametrize(
    "rows",
    [ROWS[:2], ROWS[::-1], [*ROWS[:2], ROWS[2].derive(text="win free money")]],
    ids=["fewer", "in another order", "one changed"],
)
def test_other_rows_are_tokenized(rows: Sequence[Row], run: Run, tiny_bert: Path) -> None:
    recipe = recipe_of(tiny_bert)
    run(recipe)
    found = run(recipe, rows=rows)
    assert run.tokenized == len(rows)
    assert [one.decode() for one in found.ids.tolist()] == [row.id for row in rows]


def test_another_length_is_another_key(run: Run, tiny_bert: Path) -> None:
    recipe = recipe_of(tiny_bert)
    run(recipe)
    run(recipe, replace(model_of(recipe), max_length=8))
    assert run.tokenized == 3


def test_an_option_of_the_task_is_part_of_the_key(run: Run, tiny_bert: Path) -> None:
    run(recipe_of(tiny_bert))
    run(recipe_of(tiny_bert, several=True))
    assert run.tokenized == 3


def test_what_the_task_learned_is_part_of_the_key(run: Run, tiny_bert: Path) -> None:
    recipe = recipe_of(tiny_bert)
    run(recipe)
    run(recipe, model_of(recipe, [*ROWS, Row({"text": "lunch", "label": "eggs"})]))
    assert run.tokenized == 3


def test_a_word_more_in_the_vocabulary_is_part_of_the_key(
    run: Run, tiny_bert: Path, tmp_path: Path
) -> None:
    run(recipe_of(tiny_bert))
    other = shutil.copytree(tiny_bert, tmp_path / "other")
    tokenizer = json.loads((other / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"]["tomorrows"] = tokenizer["model"]["vocab"].pop("tomorrow")
    (other / "tokenizer.json").write_text(json.dumps(tokenizer))
    run(recipe_of(other))
    assert run.tokenized == 3


def test_the_code_is_part_of_the_key(
    run: Run, tiny_bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(recipe_of(tiny_bert))
    monkeypatch.setattr(module, "_code", lambda: "other")
    run(recipe_of(tiny_bert))
    assert run.tokenized == 3


def test_calls_of_the_tokenizer_do_not_change_the_key(run: Run, tiny_bert: Path) -> None:
    recipe = recipe_of(tiny_bert)
    run(recipe)
    model = model_of(recipe)
    model.tokenizer(["see you"] * 2, truncation=True, max_length=3, padding=True)
    run(recipe, model)
    assert run.tokenized == 0


def test_a_damaged_entry_is_written_anew(run: Run, tiny_bert: Path) -> None:
    recipe = recipe_of(tiny_bert)
    wanted = run(recipe)
    (entry,) = entries()
    (entry / "tokens.input_ids").write_bytes(b"\0" * 40)
    found = run(recipe)
    assert run.tokenized == 3
    assert found.tokens["input_ids"].tolist() == wanted.tokens["input_ids"].tolist()
    run(recipe)
    assert run.tokenized == 0


def test_rows_that_are_open_stay_so_when_their_entry_is_taken_away(
    run: Run, tiny_bert: Path
) -> None:
    recipe = recipe_of(tiny_bert)
    wanted = run(recipe).tokens["input_ids"].tolist()
    found = run(recipe)
    shutil.rmtree(entries()[0])
    assert found.tokens["input_ids"].tolist() == wanted


def test_the_longest_unused_makes_room(
    run: Run, tiny_bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = recipe_of(tiny_bert)
    run(recipe)
    (first,) = entries()
    run(recipe, rows=ROWS[:2])
    (second,) = set(entries()) - {first}
    os.utime(second, (1, 1))
    used = sum(file.stat().st_size for entry in entries() for file in entry.iterdir())
    monkeypatch.setattr(module, "BUDGET", used + 100)
    run(recipe, rows=ROWS[1:])
    assert first in entries()
    assert second not in entries()


def test_what_is_beyond_the_limit_is_not_kept_and_that_is_said_once(
    run: Run, tiny_bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUDGET", 10)
    recipe = recipe_of(tiny_bert)
    held: Any = HeldRows({"train": ROWS, "test": ROWS[:2]})
    encode_splits(recipe, model_of(recipe), held, run.scratch, run.said.append)
    assert entries() == []
    (said,) = run.said
    assert said.startswith(f"{ANEW} 0.0 GB more are beyond the disk or the limit")


def test_a_cache_that_cannot_be_written_stops_no_run_and_is_told_once(
    run: Run, tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path / "file"))
    assert len(run(recipe_of(tiny_bert))) == 3
    (said,) = run.said
    assert said.startswith(f"{ANEW} {tmp_path}/file/encoded: a file stands where a folder")


def test_runs_at_the_same_time_keep_one_entry_and_it_is_whole(run: Run, tiny_bert: Path) -> None:
    encoded = run(recipe_of(tiny_bert))
    folder = cache_folder() / "encoded" / "one"
    with ThreadPoolExecutor(4) as pool:
        faults = list(pool.map(lambda _: module._keep(encoded, folder), range(8)))
    assert faults == [""] * 8
    assert read_encoded(folder) is not None
    assert len(entries()) == 2


def test_no_run_waits_for_ever_for_another_to_write(
    run: Run, tiny_bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    (cache_folder() / "encoded").mkdir()
    with FileLock(cache_folder() / "encoded" / "lock"):
        assert len(run(recipe_of(tiny_bert))) == 3
    assert run.said == [f"{ANEW} another process holds the cache."]


def test_a_full_disk_stops_no_run_and_leaves_nothing(
    run: Run, tiny_bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_up(encoded: Encoded, folder: Path) -> None:
        (folder / "half").write_text("1")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_encoded", fill_up)
    assert len(run(recipe_of(tiny_bert))) == 3
    assert "the disk is full" in run.said[0]
    assert list((cache_folder() / "encoded").iterdir()) == [cache_folder() / "encoded" / "lock"]


def test_a_cache_that_may_only_be_read_is_read(
    run: Run, tiny_bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    run(recipe_of(tiny_bert))
    monkeypatch.setattr(os, "utime", refuse)
    monkeypatch.setattr(Path, "mkdir", refuse)
    run(recipe_of(tiny_bert))
    assert run.tokenized == 0
    assert run.said == []


class Foreign(TextClassification):  # type: ignore[misc] - as another package might do it
    """A task of another package, whose code is not known here."""


@pytest.mark.parametrize("foreign", ["task", "tokenizer"])
def test_what_is_not_known_by_its_content_is_not_kept(
    foreign: str, run: Run, tiny_bert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = recipe_of(tiny_bert)
    model = model_of(recipe)
    if foreign == "task":
        task = Foreign()
        task.learn(ROWS)
        model = replace(model, task=task)
    else:
        monkeypatch.setattr(type(tokenizer_of("bert")), "is_fast", False)
    run(recipe, model)
    assert not (cache_folder() / "encoded").exists()
    assert run.said == [f"{ANEW} the task or its tokenizer is not known by its content."]
