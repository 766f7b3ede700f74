"""Rows as numbers, tokenized once and kept: another run on the same rows only opens them."""

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

import tokenizers
import transformers
from filelock import FileLock, Timeout
from transformers import PreTrainedTokenizerBase
from xxhash import xxh3_128, xxh3_128_hexdigest

import luthier
from luthier.core.cache import cache_folder, make_room, note_use
from luthier.core.config import Recipe
from luthier.core.errors import UserError
from luthier.core.files import complain_if_unwritable, new_folder
from luthier.core.registry import Choice
from luthier.data.dataset import Dataset
from luthier.evaluation.predict import Model
from luthier.models.load import load_config, locate
from luthier.tasks.encoded import Encoded, columns_of
from luthier.tasks.encoded_folder import read_encoded, write_encoded

Say = Callable[[str], None]

BUDGET = 5 * 10**9
"""Bytes on disk, over all data sets; those that no run has read for longest make room."""
_PATIENCE = 10.0
"""Seconds to wait for another process; writing takes a tenth of one."""
_NAMES = ("name_or_path", "_name_or_path")


def encode_splits(
    recipe: Recipe, model: Model, dataset: Dataset, scratch: Path, say: Say
) -> dict[str, Encoded]:
    """All splits of a data set as numbers, memory-mapped: out of the cache, or tokenized and kept.

    The key of a split is all that its numbers depend on: the ids of its rows, in order, and so
    their content; the tokenizer's content; `max_length`; the task, with its options and what it
    learned; and the code. What is found is held against its hashes, and made anew if damaged.

    Args:
        recipe: of the run.
        model: with the task that encodes.
        dataset: the rows.
        scratch: a folder for what is tokenized here, that the caller removes.
        say: takes lines for people.
    """
    known = _identity(recipe, model)
    fault = "" if known else "the task or its tokenizer is not known by its content"
    splits = {}
    for name in dataset.splits:
        folder = _root() / _key(known, dataset.ids(name))
        found = read_encoded(folder) if known else None
        if found is None:
            found = model.encode(dataset.rows(name), scratch / name)
            fault = fault or _keep(found, folder)
        else:
            note_use(folder)
        splits[name] = found
    if fault:
        say(f"The rows are tokenized anew by the next run: {fault}.")
    return splits


def _keep(encoded: Encoded, folder: Path) -> str:
    """Put rows into the cache; what hinders that, if anything does."""
    size = sum(column.nbytes for column in columns_of(encoded).values())
    try:
        with complain_if_unwritable(folder.parent):
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.parent / "lock", timeout=_PATIENCE):
                if not make_room(folder, size, BUDGET):
                    return (
                        f"{size / 10**9:.1f} GB more are beyond the disk or the limit of the cache"
                    )
                with new_folder(folder) as fresh:
                    write_encoded(encoded, fresh)
    except Timeout:
        return "another process holds the cache"
    except UserError as error:
        return str(error).rstrip(".")
    return ""


def _root() -> Path:
    return cache_folder() / "encoded"


def _key(known: str, ids: Iterable[str]) -> str:
    digest = xxh3_128(known.encode())
    for one in ids:
        digest.update(one.encode())
    return digest.hexdigest()


def _identity(recipe: Recipe, model: Model) -> str:
    """A hash of all that encoded rows depend on, but for the rows; empty if not all is known."""
    task, tokenizer = model.task, model.tokenizer
    if not (type(task).__module__.startswith(f"{luthier.__name__}.") and tokenizer.is_fast):
        return ""
    choice = Choice.parse(recipe.task)
    config = load_config(locate(recipe.model.base)).to_dict()
    told = [
        [luthier.__version__, tokenizers.__version__, transformers.__version__, _code()],
        [choice.name, choice.options, task.model_settings()],
        {name: value for name, value in config.items() if name not in _NAMES},
        model.max_length,
        _content_of(tokenizer),
    ]
    return xxh3_128_hexdigest(json.dumps(told, sort_keys=True, default=str).encode())


def _content_of(tokenizer: PreTrainedTokenizerBase) -> list[object]:
    rust = tokenizer.backend_tokenizer
    rust.no_truncation()  # both are set anew by every call
    rust.no_padding()
    return [
        type(tokenizer).__qualname__,
        xxh3_128_hexdigest(rust.to_str().encode()),
        tokenizer.chat_template,
        tokenizer.special_tokens_map,
        tokenizer.model_input_names,
        tokenizer.truncation_side,
        tokenizer.split_special_tokens,
    ]


@lru_cache(1)
def _code() -> str:
    """A hash of Luthier's source: whatever encodes rows, and whatever that calls."""
    digest = xxh3_128()
    for path in sorted(Path(luthier.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
