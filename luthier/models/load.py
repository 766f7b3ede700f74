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
from luthier.models.body_names import keep_own_names, renamed_body
from luthier.models.bottleneck import BOTTLENECK_CONFIG, restore_bottlenecks
from luthier.models.draw import drawn_with
from luthier.models.fetch import fetch_model
from luthier.models.head import note_fresh
from luthier.models.network import Network
from luthier.models.quiet import quiet

CATALOG = "catalog:"
PEFT_CONFIG = "adapter_config.json"
_REPACKS = "support_avx512bf16_for_cpu"
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
        UserError: no such head for this model, damaged weights, weights that the class with this
            head calls by other names, or the hub cannot be reached.
    """
    options: dict[str, Any] = {
        "use_safetensors": True,
        "dtype": torch.float32,
        "output_loading_info": True,
    }
    if renamed := renamed_body(auto_class, load_config(location)):
        options["key_mapping"] = renamed
    with drawn_with(seed), quiet(), _explained(location, "model"):
        kind = getattr(transformers, auto_class)
        model, info = kind.from_pretrained(location, **options, **settings)
    if renamed:
        keep_own_names(model)
    fresh = set(info["missing_keys"])
    if fresh.issuperset(name for name, _ in model.named_parameters()):
        raise UserError(
            f"model.base: {type(model).__name__} finds none of its weights in {location}; such a "
            "model cannot do this task. Use an encoder."
        )
    note_fresh(model, fresh)
    _keep_quantised(model)
    found: PreTrainedModel = model
    return found


def load_tuned(
    location: str, base: str, auto_class: str, settings: Mapping[str, Any], *, seed: int
) -> Network:
    """What `save_model` wrote: a whole model, or an adapter with the base it was trained on.

    It answers as it did when it was saved, bit for bit on the same machine.

    Args:
        location: the folder; any other model's folder or hub id is loaded as `load_model` does.
        base: what `locate` returned for the base that an adapter belongs to.
        auto_class: see `load_model`.
        settings: see `load_model`; with what the adapter's `load_settings` gives.
        seed: see `load_model`.

    Raises:
        UserError: see `load_model`; or the adapter's files are missing, damaged or not safetensors.
    """
    folder = Path(location)
    if (folder / PEFT_CONFIG).exists():
        from luthier.models.wrap import restore  # PEFT takes seconds to import

        model = load_model(base, auto_class, settings, seed=seed)
        with _explained(location, "adapter"):
            return restore(model, folder)
    if (folder / BOTTLENECK_CONFIG).exists():
        model = load_model(base, auto_class, settings, seed=seed)
        with _explained(location, "adapter"):
            restore_bottlenecks(model, folder)
        return model
    return load_model(location, auto_class, settings, seed=seed)


def dropout_settings(config: Any, rate: float) -> dict[str, float]:
    """What sets every dropout of a model to one rate, whatever its configuration calls them."""
    return {
        name: rate
        for name, value in config.to_dict().items()
        if isinstance(value, float) and ("dropout" in name or name.endswith("pdrop"))
    }


def _keep_quantised(model: PreTrainedModel) -> None:
    # On some processors bitsandbytes repacks the weights when they are first asked, and rounds them
    # again: what is trained on after a validation would be another model than before it.
    for module in model.modules():
        if hasattr(module, _REPACKS):
            setattr(module, _REPACKS, False)


def _must_hold_a_model(folder: Path) -> None:
    if not folder.is_dir():
        near = [str(p.parent) for p in folder.parent.glob("*/config.json")]
        hint = f" {did_you_mean(str(folder), near)}" if near else ""
        raise UserError(f"model.base: {folder} is not a folder.{hint}")
    if not (folder / "config.json").exists():
        raise UserError(f"model.base: {folder} has no config.json, so it is no transformers model.")
    if (folder / PEFT_CONFIG).exists() or (folder / BOTTLENECK_CONFIG).exists():
        raise UserError(
            f"model.base: {folder} holds an adapter, not a whole model. Write a whole one with "
            "`luthier export RUN --merge --output FOLDER`, and use that."
        )
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
