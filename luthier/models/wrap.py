"""Wrapping a model in PEFT's: quietly, from a seed, with the head of the task."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from peft import (
    IA3Config,
    LoraConfig,
    PeftModel,
    PromptLearningConfig,
    TaskType,
    get_peft_model,
)
from peft.utils import ModulesToSaveWrapper
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from luthier.core.errors import UserError
from luthier.models.draw import drawn_with
from luthier.models.head import head_modules
from luthier.models.quiet import quiet
from luthier.models.virtual_tokens import mend_virtual_tokens

_Config = LoraConfig | IA3Config | PromptLearningConfig
_TASKS = {
    "ForSequenceClassification": TaskType.SEQ_CLS,
    "ForTokenClassification": TaskType.TOKEN_CLS,
    "ForQuestionAnswering": TaskType.QUESTION_ANS,
}


def peft_task(model: PreTrainedModel) -> TaskType | None:
    """PEFT's name for what a model is for; None if it has none, and passes inputs on unchanged."""
    name = type(model).__name__
    for ending, task in _TASKS.items():
        if name.endswith(ending):
            return task
    if model.can_generate():
        two = model.config.is_encoder_decoder
        return TaskType.SEQ_2_SEQ_LM if two else TaskType.CAUSAL_LM
    return None


def wrap(model: PreTrainedModel, config: _Config, *, seed: int) -> PeftModel:
    """The model with PEFT's weights in it; those and the head move, all else is frozen.

    Args:
        model: changed in place.
        config: PEFT's, without task and head, which are filled in here.
        seed: PEFT's weights are drawn with it.
    """
    config.task_type = peft_task(model)
    config.modules_to_save = head_modules(model) or None
    with drawn_with(seed), _silent():
        network: PeftModel = get_peft_model(model, config)
    mend_virtual_tokens(network)
    return network


def restore(model: PreTrainedModel, folder: Path) -> PeftModel:
    """The model with an adapter that was saved in PEFT's format, frozen.

    Raises:
        OSError: the weights are missing.
        ValueError: they belong to another base.
        SafetensorError: they are damaged.
    """
    if not (folder / "adapter_model.safetensors").exists():
        raise FileNotFoundError("adapter_model.safetensors is missing")
    with _silent():
        try:
            network = PeftModel.from_pretrained(model, folder, torch_device=str(model.device))
        except RuntimeError as error:
            raise ValueError(f"{type(model).__name__} is not the base it was trained on") from error
    mend_virtual_tokens(network)
    return network


def save_wrapped(network: PeftModel, folder: Path, *, base: str) -> None:
    """Write `adapter_config.json` and `adapter_model.safetensors`, in PEFT's own format.

    Args:
        network: what `wrap` returned.
        folder: an existing folder.
        base: what the recipe calls the model under the adapter.
    """
    config = network.active_peft_config
    config.base_model_name_or_path = base
    for name, value in vars(config).items():
        if isinstance(value, set):  # written in another order by every process
            setattr(config, name, sorted(value))
    with _silent():
        network.save_pretrained(str(folder), save_embedding_layers=False)
    (folder / "README.md").unlink()  # PEFT's model card; ours is in the run folder


def unwrap(network: PeftModel) -> PreTrainedModel:
    """The model with its adapter added to the weights, and its trained head; plain again.

    A model held in few bits is one of plain weights afterwards, of the values that the bits meant.

    Args:
        network: used up.

    Raises:
        UserError: a model held in few bits whose weights used to lie transposed, such as GPT-2.
    """
    if getattr(network.get_base_model(), "is_quantized", False):
        network = _widen(network)
    model: Any = network.get_base_model()
    for name, module in list(model.named_modules()):
        # PEFT's own way back stumbles over heads of several layers, for some adapters.
        if isinstance(module, ModulesToSaveWrapper):
            model.set_submodule(name, module.modules_to_save[network.active_adapter])
    with _silent():
        merged: PreTrainedModel = network.merge_and_unload()
    return merged


def _widen(network: PeftModel) -> PeftModel:
    model: Any = network.get_base_model()
    with torch.device("meta"):
        as_made = type(model)(model.config)
    if any(isinstance(module, Conv1D) for module in as_made.modules()):
        raise UserError(
            f"--merge: {type(model).__name__} cannot be merged with qlora. Use lora, or export the "
            "adapter without --merge."
        )
    with TemporaryDirectory() as folder:
        save_wrapped(network, Path(folder), base="")
        with _silent():
            plain = network.unload().dequantize()
        return restore(plain.float(), Path(folder))


@contextmanager
def _silent() -> Iterator[None]:
    with quiet(), warnings.catch_warnings():
        # PEFT asks for an attribute that transformers is about to rename.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        yield
