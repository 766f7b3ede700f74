"""Move low-rank updates of a model that is held in 4 bits (QLoRA), and the head."""

import logging
from typing import Any, final

import torch
from peft import PeftModel
from transformers import BitsAndBytesConfig, PreTrainedModel
from transformers.utils.import_utils import is_bitsandbytes_available

from luthier.core.errors import UserError
from luthier.models.head import head_modules
from luthier.models.low_rank import LowRank


@final
class Qlora(LowRank):
    """Move low-rank updates of a model that is held in 4 bits, and the head.

    Dettmers et al. (2023): normal floats of 4 bits (nf4) with quantised scales. It saves memory,
    not time; for models that do not fit otherwise.
    """

    place = "adapter.qlora"

    def load_settings(self) -> dict[str, Any]:
        """Weights in 4 bits.

        Raises:
            UserError: bitsandbytes is not installed.
        """
        if not is_bitsandbytes_available():
            raise UserError(
                "adapter.qlora: needs bitsandbytes. Install it with `pip install 'luthier[qlora]'`."
            )
        logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # it tells of missing speed-ups
        wide = torch.bfloat16 if torch.cuda.is_available() else torch.float32
        config = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=wide,
        )
        return {"quantization_config": config}

    def apply(self, model: PreTrainedModel, *, seed: int) -> PeftModel:
        """Put the updates in; the weights they update are frozen.

        Raises:
            UserError: the model has no such linear maps, fewer layers, or a head in 4 bits.
        """
        for name in head_modules(model):
            if any(hasattr(part, "quant_state") for part in model.get_submodule(name).modules()):
                raise UserError(
                    f"adapter.qlora: `{name}`, of the head of {type(model).__name__}, would be in "
                    "4 bits too and could not learn. Use lora."
                )
        return super().apply(model, seed=seed)
