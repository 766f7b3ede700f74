"""The head: what a task put on a pretrained model, and what moves with every adapter."""

from collections.abc import Iterable, Iterator

from torch import nn
from transformers import PreTrainedModel

from luthier.core.errors import UserError
from luthier.models.layers import layer_stack, parameters_from_layer

_FRESH = "fresh_parameters"


def note_fresh(model: PreTrainedModel, names: Iterable[str]) -> None:
    """Remember which parameters the checkpoint lacked: frozen, they would stay random."""
    setattr(model, _FRESH, frozenset(names))


def head_modules(model: PreTrainedModel) -> list[str]:
    """Names of the modules that move with every adapter, none within another.

    They hold what the checkpoint lacked, and what lies above the last layer: pooler and head. A
    final norm alone is no head but the end of the pretrained body. The head of a language model is
    pretrained too, and stays.
    """
    names: set[str] = set(getattr(model, _FRESH, ()))
    fresh = {id(p) for name, p in model.named_parameters() if name in names}
    above: set[int] = set()
    if model.get_output_embeddings() is None:
        above = {id(p) for _, p in parameters_from_layer(model, len(layer_stack(model)))}
    return [
        name
        for name, module in _covers(model, above | fresh)
        if any(id(p) in fresh or p.dim() > 1 for p in module.parameters())
    ]


def head_parameters(model: PreTrainedModel) -> set[str]:
    """Names of the parameters in `head_modules`."""
    prefixes = tuple(f"{name}." for name in head_modules(model))
    return {name for name, _ in model.named_parameters() if name.startswith(prefixes)}


def _covers(model: nn.Module, wanted: set[int], name: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The largest modules all of whose parameters are wanted, by name."""
    inside = {id(p) for p in model.parameters()}
    if inside and inside <= wanted and name:
        yield name, model
        return
    for own, parameter in model.named_parameters(recurse=False):
        # A new bias starts at zero and may stay there; a frozen matrix would stay random.
        if id(parameter) in wanted and parameter.dim() > 1:
            raise UserError(
                f"adapter: the checkpoint lacks `{name}.{own}` but has weights right beside it, so "
                "the model cannot be tuned in part. Use `adapter: full`."
            )
    for child_name, child in model.named_children():
        if inside & wanted:
            yield from _covers(child, wanted, f"{name}.{child_name}" if name else child_name)
