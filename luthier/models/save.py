"""Save a tuned model: plain transformers or PEFT loads it; safetensors, config, tokenizer."""

from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from luthier.core.errors import UserError
from luthier.core.files import new_folder
from luthier.models.bottleneck import bottleneck_sizes, save_bottlenecks
from luthier.models.network import Network
from luthier.models.quiet import quiet


def save_model(
    model: Network,
    tokenizer: PreTrainedTokenizerBase,
    folder: Path,
    *,
    base: str | None = None,
) -> None:
    """Write the folder whole or not at all.

    A whole model is written as transformers does it. With an adapter only what moved is written:
    PEFT's adapters in PEFT's format, bottlenecks in our own; both with the configuration of the
    model that they belong to, its labels included.

    Args:
        model: what was trained.
        tokenizer: written beside it.
        folder: an older one is replaced.
        base: what the recipe calls the pretrained model; an adapter's configuration names it.

    Raises:
        UserError: the disk is full or may not be written; an older folder there is untouched.
    """
    with new_folder(folder) as temporary:
        try:
            _write_weights(model, temporary, base)
            with quiet():
                tokenizer.save_pretrained(temporary)
        except Exception as error:
            _explain_full_disk(error, folder)
            raise


def weight_bytes(folder: Path) -> int:
    """How much of the disk the weights in a folder take."""
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


def save_tensors(tensors: dict[str, Tensor], path: Path) -> None:
    """Write named tensors as safetensors, inside a folder that takes its place later.

    Raises:
        UserError: the disk is full.
    """
    try:
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
    except Exception as error:
        _explain_full_disk(error, path)
        raise


def _write_weights(model: Network, folder: Path, base: str | None) -> None:
    if isinstance(model, PreTrainedModel) and not bottleneck_sizes(model):
        with quiet():
            model.save_pretrained(folder)
        return
    if base is None:
        raise ValueError("an adapter is saved with the name of its base")
    with quiet():
        model.config.save_pretrained(folder)
    if isinstance(model, PreTrainedModel):
        save_bottlenecks(model, folder, base=base)
    else:
        from luthier.models.wrap import save_wrapped  # imported already, by the adapter

        save_wrapped(model, folder, base=base)


def _explain_full_disk(error: Exception, path: Path) -> None:
    # safetensors writes in Rust and tells of a full disk in words only.
    text = str(error)
    if "No space left" in text or "os error 28" in text or "StorageFull" in text:
        raise UserError(
            f"{path}: the disk is full. Free some space, then continue with --resume."
        ) from error
