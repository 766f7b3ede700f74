"""Judge and keep an exponential moving average of the weights; training goes on with the raw."""

from collections.abc import Mapping
from typing import Annotated, Any, final

from pydantic import Field
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from luthier.training.callback import Callback, Loop


@final
class AverageWeights(Callback):
    """After step t, average = d average + (1 - d) weights, with d = min(decay, (1 + t) / (10 + t)).

    Polyak and Juditsky (1992); d rises with the steps, as in TensorFlow, so that an average over a
    short run forgets where it began. It is kept in fp32, of the weights that move. Evaluations,
    `keep_best` and the final model take the average, wherever it stands among the callbacks.
    """

    def __init__(
        self,
        *,
        decay: Annotated[
            float, Field(gt=0, lt=1, description="0.99 remembers some 100 steps")
        ] = 0.999,
    ):
        self.decay = decay
        self.steps = 0
        self._average: dict[str, Tensor] = {}
        self._moving: dict[str, nn.Parameter] = {}
        self._weights: dict[str, Tensor] = {}

    def on_start(self, loop: Loop) -> None:
        """Begin with the weights as they are, or go on with the average of a checkpoint."""
        named = loop.parts.model.named_parameters()
        self._moving = {name: p for name, p in named if p.requires_grad}
        self._average = {
            name: self._average.get(name, p.detach()).to(p.device).float().clone()
            for name, p in self._moving.items()
        }

    def on_step(self, loop: Loop) -> None:
        """Take the new weights in."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        weights = [p.detach().float() for p in self._moving.values()]
        get_ema_multi_avg_fn(decay)(list(self._average.values()), weights, self.steps)

    def eval(self) -> None:
        """Put the average into the model."""
        self._weights = self._weights or {name: p.data for name, p in self._moving.items()}
        for name, parameter in self._moving.items():
            parameter.data = self._average[name].to(parameter.dtype)

    def train(self) -> None:
        """Put the weights that training moves back."""
        for name, weights in self._weights.items():
            self._moving[name].data = weights
        self._weights = {}

    def state(self) -> dict[str, Any]:
        """How many steps the average is over."""
        return {"steps": self.steps}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take the count back."""
        self.steps = state["steps"]

    def tensors(self) -> dict[str, Tensor]:
        """The average."""
        return self._average

    def restore_tensors(self, tensors: Mapping[str, Tensor]) -> None:
        """Take the average back."""
        self._average = dict(tensors)
