"""Move one factor for each key, value and inner feature of feed-forward (IA3), and the head."""

from collections.abc import Iterable
from typing import Annotated, final

from peft import IA3Config, PeftModel
from peft.utils import (
    TRANSFORMERS_MODELS_TO_IA3_FEEDFORWARD_MODULES_MAPPING,
    TRANSFORMERS_MODELS_TO_IA3_TARGET_MODULES_MAPPING,
)
from pydantic import Field
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from luthier.core.errors import UserError
from luthier.models.adapter import Adapter
from luthier.models.low_rank import layer_maps, named_like
from luthier.models.wrap import wrap


@final
class Ia3(Adapter):
    """Move one factor for each key, value and inner feature of feed-forward, and the head.

    Liu et al. (2022), section 3.3. The factors start at one, so at first nothing changes. The
    fewest weights of all; it wants a learning rate about a hundred times that of `full`.
    """

    def __init__(
        self,
        *,
        target_modules: Annotated[
            list[str] | None,
            Field(min_length=1, description="ends of names of linear maps; else as PEFT knows"),
        ] = None,
        feedforward_modules: Annotated[
            list[str] | None,
            Field(description="those of them whose input is scaled, not their output"),
        ] = None,
    ):
        self._targets, self._feed_forward = target_modules, feedforward_modules

    def apply(self, model: PreTrainedModel, *, seed: int) -> PeftModel:
        """Put the factors in; all pretrained weights are frozen.

        Raises:
            UserError: it is not known which linear maps to scale in such a model.
        """
        maps = layer_maps(model)
        targets, feed_forward = self._chosen(model.config.model_type, maps)
        scaled = named_like(maps, targets, "adapter.ia3.target_modules")
        config = IA3Config(
            target_modules=targets,
            feedforward_modules=feed_forward,
            fan_in_fan_out=any(isinstance(module, Conv1D) for module in scaled.values()),
        )
        return wrap(model, config, seed=seed)

    def _chosen(self, kind: str, maps: Iterable[str]) -> tuple[list[str], list[str]]:
        if self._targets is not None:
            targets, feed_forward = self._targets, self._feed_forward or []
        elif kind in TRANSFORMERS_MODELS_TO_IA3_TARGET_MODULES_MAPPING:
            targets = TRANSFORMERS_MODELS_TO_IA3_TARGET_MODULES_MAPPING[kind]
            feed_forward = TRANSFORMERS_MODELS_TO_IA3_FEEDFORWARD_MODULES_MAPPING[kind]
        else:
            ends = sorted({name.rpartition(".")[2] for name in maps})
            raise UserError(
                f"adapter.ia3: PEFT does not know what to scale in `{kind}`. Give target_modules "
                f"(keys, values, end of feed-forward) and feedforward_modules out of "
                f"{', '.join(ends)}."
            )
        stray = set(feed_forward) - set(targets)
        if stray:
            raise UserError(
                f"adapter.ia3.feedforward_modules: {', '.join(sorted(stray))} must be among "
                "target_modules too."
            )
        return targets, feed_forward
