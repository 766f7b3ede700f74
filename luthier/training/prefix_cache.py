"""What frozen layers say of every example, computed once and read ever after, by any run."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from xxhash import xxh3_128_hexdigest

from luthier.core.errors import UserError
from luthier.evaluation.predict import Model, padding_of
from luthier.models.prefix import Prefix, frozen_layers
from luthier.tasks.encoded import Encoded, Indices
from luthier.tasks.projection import Projection
from luthier.training.activation_store import ActivationStore, Found, Keys
from luthier.training.batching import Plan

Say = Callable[[str], None]

GIGABYTE = 10**9
_TOKENS = 512
"""Positions of every pass: few enough that the last, filled up with repetitions, wastes little."""
_LARGEST = 2.0**15
"""Half of what fp16 holds. Some language models go beyond; their activations are kept in fp32."""
_TOLERANCE = 0.02
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class CacheReport:
    """What the cache did for a run; `reason` says why, if it did nothing."""

    layers: int = 0
    examples: int = 0
    computed: int = 0
    bytes: int = 0
    reason: str = ""


def with_prefix_cache(
    model: Model, splits: dict[str, Encoded], plan: Plan, budget: float, say: Say
) -> tuple[dict[str, Encoded], CacheReport]:
    """The splits that are passed again and again, with the activations that enter what moves.

    A frozen layer is in evaluation mode and gives the same in every epoch, trial and seed. What
    the lowest layer that moves is given is therefore kept on disk, under a key of the weights below
    and of the example's tokens, and memory-mapped. Each example is computed in a pass of a shape
    that depends on its length alone, so that it has the same activations, whatever it is computed
    together with: a run is the same with an empty cache and with a full one.

    Args:
        model: with its adapter; from now on it takes activations in place of its lower layers.
        splits: `train`, and `validation` if there is one, are served.
        plan: how often a row is passed.
        budget: bytes on disk, over all models; 0 turns the cache off.
        say: takes lines for people.
    """
    depth = frozen_layers(model.network)
    if depth == 0:
        return splits, CacheReport(reason="nothing is frozen below what moves")
    try:
        found, report = _cached(model, depth, splits, plan, budget, say)
    except UserError as error:  # a folder that may not be written, a full disk
        found, report = splits, CacheReport(reason=str(error).rstrip("."))
    if report.reason:
        say(f"The frozen layers are computed anew in every epoch: {report.reason}.")
    return found, report


def _cached(
    model: Model,
    depth: int,
    splits: dict[str, Encoded],
    plan: Plan,
    budget: float,
    say: Say,
) -> tuple[dict[str, Encoded], CacheReport]:
    if budget == 0:
        return splits, CacheReport(reason="training.prefix_cache_gb is 0")
    if plan.num_steps < plan.steps_per_epoch:
        return splits, CacheReport(reason="the run is shorter than an epoch")
    served = {name: one for name, one in splits.items() if name != "test" and len(one)}
    prefix = Prefix(model.network, depth)
    for kind in (np.float16, np.float32):
        store = ActivationStore.open(model, prefix, np.dtype(kind))
        try:
            return _serve(model, prefix, store, splits, served, budget, say)
        except OverflowError:
            continue
    raise AssertionError("fp32 holds all that a model computes")


def _serve(
    model: Model,
    prefix: Prefix,
    store: ActivationStore,
    splits: dict[str, Encoded],
    served: dict[str, Encoded],
    budget: float,
    say: Say,
) -> tuple[dict[str, Encoded], CacheReport]:
    keys = {name: keys_of(model, encoded) for name, encoded in served.items()}
    with store.alone():
        missing = {name: store.missing(keys[name]) for name in served}
        wanted = store.bytes_for(
            sum(int(one.lengths[missing[name]].sum()) for name, one in served.items())
        )
        if not store.make_room(wanted, budget):
            needs = f"it needs {wanted / GIGABYTE:.1f} GB more"
            return splits, CacheReport(reason=f"{needs}, beyond training.prefix_cache_gb or disk")
        computed = sum(map(len, missing.values()))
        if computed:
            say(f"Computing what {prefix.depth} frozen layers say of {computed:,} examples, once.")
        for name, encoded in served.items():
            # Rows of validation may stand in training as well: what is missing is asked anew.
            store.append(_computed(model, prefix, encoded, keys[name], store, say))
        found = {
            name: replace(one, activations=store.look_up(keys[name]))
            for name, one in served.items()
        }
    if not _is_faithful(model, prefix, found["train"]):
        return splits, CacheReport(reason="the model answers differently without its lower layers")
    tokens = sum(int(one.lengths.sum()) for one in served.values())
    examples = sum(map(len, served.values()))
    report = CacheReport(prefix.depth, examples, computed, store.bytes_for(tokens))
    return splits | found, report


def keys_of(model: Model, encoded: Encoded) -> Keys:
    """(N,) a hash of each example's tokens: 128 bits, as 32 ASCII bytes."""
    columns = [
        np.ascontiguousarray(encoded.tokens[name])
        for name in sorted(model.tokenizer.model_input_names)
        if name in encoded.tokens
    ]
    ends = encoded.offsets.tolist()
    return np.array(
        [
            xxh3_128_hexdigest(b"".join(c[start:end].tobytes() for c in columns))
            for start, end in pairwise(ends)
        ],
        "S32",
    )


def _computed(
    model: Model,
    prefix: Prefix,
    encoded: Encoded,
    keys: Keys,
    store: ActivationStore,
    say: Say,
) -> Iterator[Found]:
    """The activations of all examples that are missing, a pass at a time.

    Raises:
        OverflowError: the store's numbers are too small for them.
    """
    missing = store.missing(keys)
    spoken, done = time.monotonic(), 0
    for rows, width in _passes(encoded.lengths, missing):
        hidden = _run(model, prefix, encoded, rows, width)
        lengths = encoded.lengths[rows]
        if store.kind == np.float16 and float(hidden.abs().max()) > _LARGEST:
            raise OverflowError
        inside = torch.from_numpy(np.arange(width) < lengths[:, None])
        flat: NDArray[np.float32] = hidden[: len(rows)].float().cpu()[inside].numpy()
        yield keys[rows], lengths, flat.astype(store.kind)
        done += len(rows)
        if time.monotonic() - spoken > _SECONDS:
            spoken = time.monotonic()
            say(f"{done / len(missing):.0%} of {len(missing):,} examples are computed.")


def _passes(lengths: Indices, rows: Indices) -> Iterator[tuple[Indices, int]]:
    """Rows that are computed together, and the width of their pass, a function of their lengths."""
    widths = _rounded(lengths[rows])
    for width in np.unique(widths).tolist():
        alike = rows[widths == width]
        size = max(1, _TOKENS // width)
        for start in range(0, len(alike), size):
            yield alike[start : start + size], width


def _rounded(lengths: Indices) -> Indices:
    """Lengths rounded up to multiples of 8 up to 64, of 32 up to 256, of 128 beyond."""
    grain = np.select([lengths <= 64, lengths <= 256], [8, 32], 128)
    rounded: Indices = -(-np.maximum(lengths, 1) // grain) * grain
    return rounded


def _run(model: Model, prefix: Prefix, encoded: Encoded, rows: Indices, width: int) -> torch.Tensor:
    """One pass of the shape that its width calls for: (B, width, H), the first rows are wanted."""
    size = max(1, _TOKENS // width)
    filled = np.concatenate([rows, np.repeat(rows[:1], size - len(rows))])
    padding = padding_of(model.tokenizer)
    batch = replace(encoded, activations=None).padded(filled, padding)
    wanted = (*model.tokenizer.model_input_names, "attention_mask")
    inputs = {
        name: torch.from_numpy(
            np.pad(
                column,
                ((0, 0), (0, width - column.shape[1])),
                constant_values=padding.get(name, 0),
            )
        ).to(model.precision.device)
        for name, column in batch.items()
        if name in wanted
    }
    with model.precision.autocast():
        return prefix.run(inputs)


def _is_faithful(model: Model, prefix: Prefix, encoded: Encoded) -> bool:
    """Whether a few answers from the cache are those of the whole model."""
    few: Indices = np.arange(min(4, len(encoded)))
    model.network.eval()
    whole = _numbers(model.forward(replace(encoded, activations=None), few)[1])
    prefix.take_inputs()
    cached = _numbers(model.forward(encoded, few)[1])
    return bool((whole - cached).abs().max() <= _TOLERANCE * (1 + whole.abs().max()))


def _numbers(output: Tensor | Projection) -> Tensor:
    """What a model answers, so that it can be compared."""
    with torch.inference_mode():
        return output.logits() if isinstance(output, Projection) else output
