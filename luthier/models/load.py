"""Load a pretrained model and its tokenizer: safetensors only, nobody else's code, no noise."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoConfig, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from luthier.core.announce import announce
from luthier.core.errors import UserError, did_you_mean
from luthier.models.fetch import fetch_model
from luthier.models.quiet import quiet

CATALOG = "catalog:"
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.h5", "*.msgpack")


def locate(base: str) -> str:
    """The folder (or hub id) that `model.base` names.

    Raises:
        UserError: no such catalog entry or folder, or a folder without safetensors weights.
    """
    if base.startswith(CATALOG):
        return str(fetch_model(base.removeprefix(CATALOG), announce))
    folder = Path(base).expanduser()
    if folder.exists() or base.startswith((".", "/", "~")) or base.count("/") > 1:
        _must_hold_a_model(folder)
        return str(folder)
    return base


def load_tokenizer(location: str) -> PreTrainedTokenizerBase:
    """The tokenizer of a model folder or hub id.

    Raises:
        UserError: there is none, or the hub cannot be reached.
    """
    with quiet(), _explained(location, "tokenizer"):
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(location)
    return tokenizer


def load_config(location: str) -> Any:
    """The transformers configuration of a model folder or hub id.

    Raises:
        UserError: there is none, or the hub cannot be reached.
    """
    with quiet(), _explained(location, "configuration"):
        return AutoConfig.from_pretrained(location)


def load_model(
    location: str, auto_class: str, settings: Mapping[str, Any], *, seed: int
) -> PreTrainedModel:
    """A model in fp32 on the CPU, with the head that `auto_class` gives it.

    Args:
        location: what `locate` returned.
        auto_class: a class of transformers, such as `AutoModelForSequenceClassification`.
        settings: values that go into the model's configuration, such as `num_labels`.
        seed: a head that the checkpoint lacks is drawn with it, the same every time.

    Raises:
        UserError: no such head for this model, damaged weights, or the hub cannot be reached.
    """
    state = torch.random.get_rng_state()
    torch.manual_seed(seed)
    try:
        with quiet(), _explained(location, "model"):
            model: PreTrainedModel = getattr(transformers, auto_class).from_pretrained(
                location, use_safetensors=True, dtype=torch.float32, **settings
            )
    finally:
        torch.random.set_rng_state(state)
    return model


def dropout_settings(config: Any, rate: float) -> dict[str, float]:
    """What sets every dropout of a model to one rate, whatever its configuration calls them."""
    return {
        name: rate
        for name, value in config.to_dict().items()
        if isinstance(value, float) and ("dropout" in name or name.endswith("pdrop"))
    }


def _must_hold_a_model(folder: Path) -> None:
    if not folder.is_dir():
        near = [str(p.parent) for p in folder.parent.glob("*/config.json")]
        hint = f" {did_you_mean(str(folder), near)}" if near else ""
        raise UserError(f"model.base: {folder} is not a folder.{hint}")
    if not (folder / "config.json").exists():
        raise UserError(f"model.base: {folder} has no config.json, so it is no transformers model.")
    if any(folder.glob("*.safetensors")):
        return
    pickled = sorted(file.name for pattern in _PICKLED for file in folder.glob(pattern))
    if pickled:
        raise UserError(
            f"model.base: {folder} holds its weights only as {pickled[0]}, a format that can run "
            "code when it is read. Use a version of the model that has .safetensors files."
        )
    raise UserError(f"model.base: {folder} holds no weights (*.safetensors).")


@contextmanager
def _explained(location: str, what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        if os.path.isdir(location):
            reason = str(error).strip().splitlines()[0]
            raise UserError(
                f"model.base: the {what} in {location} cannot be read: {reason}"
            ) from error
        raise UserError(
            f"model.base: no {what} named `{location}` on the model hub, or the hub cannot be "
            "reached. Use catalog:NAME (see `luthier catalog`), a folder, or check the spelling."
        ) from error
    except Exception as error:
        if type(error).__name__ != "SafetensorError":
            raise
        raise UserError(
            f"model.base: the weights in {location} are damaged ({error}). Fetch them again."
        ) from error
