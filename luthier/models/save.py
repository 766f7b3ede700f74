"""Save a tuned model so that plain transformers loads it: safetensors, config, tokenizer."""

from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from luthier.core.errors import UserError
from luthier.core.files import new_folder
from luthier.models.quiet import quiet


def save_model(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write the folder whole or not at all.

    Raises:
        UserError: the disk is full or may not be written; an older folder there is untouched.
    """
    with new_folder(folder) as temporary:
        try:
            with quiet():
                model.save_pretrained(temporary)
                tokenizer.save_pretrained(temporary)
        except Exception as error:
            _explain_full_disk(error, folder)
            raise


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


def _explain_full_disk(error: Exception, path: Path) -> None:
    # safetensors writes in Rust and tells of a full disk in words only.
    text = str(error)
    if "No space left" in text or "os error 28" in text or "StorageFull" in text:
        raise UserError(
            f"{path}: the disk is full. Free some space, then continue with --resume."
        ) from error
