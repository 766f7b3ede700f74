"""The precision and threads of a run: the fastest here that keep the loss, found by a probe."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import torch

from luthier.core.cache import cache_folder, keep
from luthier.core.config import Recipe
from luthier.core.errors import UserError
from luthier.core.files import read_json, write_json
from luthier.core.runs import Run, processor
from luthier.models.precision import Precision, PrecisionName, at_hand, is_usable
from luthier.training.probe import STEPS, Probe, Trial, fastest
from luthier.training.threads import allowed_cpus, fixed_threads, thread_counts

CANDIDATES: Mapping[PrecisionName, float] = {"fp32": 0.0, "fp32_onednn": 1e-5, "bf16": 1e-2}
"""What is tried, the most exact first, and how far its mean loss may lie from that of fp32,
relatively. Of those that are as fast as the fastest, the first is taken."""
LEAST_STEPS = 50 * STEPS
"""Steps of a run for each candidate, below which it is not probed: so the probe takes about 3 % of
it, since the steps of slow candidates count double."""
_VOLATILE = ("_name_or_path", "transformers_version")
_BOUNDS = (0.001, 0.01, 0.1)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a run multiplies in, and why.

    Attributes:
        name: of the precision.
        reason: for people.
        threads: of torch.
        probed: by candidate, `speed` as a multiple of the first one's, and `loss_difference`,
            relative to it; None where the loss is no number.
    """

    name: PrecisionName
    reason: str
    threads: int
    probed: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)

    def over(self, known: Precision) -> Precision:
        """The precision, on the device of another."""
        return Precision(self.name, known.device, self.reason)

    def record(self) -> dict[str, Any]:
        """As environment.json holds it."""
        told = {"name": self.name, "reason": self.reason, "probed": self.probed}
        return {"threads": self.threads, "precision": told}

    @classmethod
    def begun(cls, run: Run) -> "Settled | None":
        """What a run was begun with; None if it never came to its first step."""
        known = read_json(run.environment) if run.environment.exists() else {}
        if "precision" not in known:
            return None
        told = known["precision"]
        return cls(told["name"], told["reason"], known["threads"], told.get("probed", {}))


Once = Callable[[Callable[[], Settled]], Settled]
"""Has one of several processes decide, and gives all of them its decision."""


def alone(decide: Callable[[], Settled]) -> Settled:
    """The only process decides."""
    return decide()


def settle(
    recipe: Recipe, probe: Probe, begun: Settled | None = None, once: Once = alone
) -> Settled:
    """Choose precision and threads, and put both into force for this process.

    What the recipe and OMP_NUM_THREADS fix holds. A run that is resumed goes on with what it was
    begun with. Else the candidates are timed, unless the run is short or on CUDA, and the outcome
    is remembered in the user's cache: the same recipe repeats on this machine, bit for bit.

    Args:
        recipe: of the run.
        probe: the model with its adapter, and what it is to learn from.
        begun: of a run that is resumed.
        once: lets one process decide for all.
    """
    found = once(lambda: _decide(recipe, probe) if begun is None else _go_on(recipe, begun))
    found.over(probe.model.precision).apply()
    if found.threads != torch.get_num_threads():
        torch.set_num_threads(found.threads)
    return found


def _go_on(recipe: Recipe, begun: Settled) -> Settled:
    threads = fixed_threads() or min(begun.threads, allowed_cpus())
    name = at_hand(begun.name) if recipe.training.precision == "auto" else begun.name
    if name == begun.name:
        return replace(begun, threads=threads)
    return Settled(name, f"begun in {begun.name}, which this machine does not have", threads)


def _decide(recipe: Recipe, probe: Probe) -> Settled:
    known, counts = probe.model.precision, thread_counts()
    is_open = recipe.training.precision == "auto"
    ruled = Settled(known.name, known.reason, counts[0])
    if known.device.type == "cuda" or not (is_open or len(counts) > 1):
        return ruled
    short = replace(ruled, reason=f"{known.reason}; the run is too short for a probe")
    # Asking what is usable costs some products, which a run of a few steps shall not wait for.
    if probe.plan.num_steps < 2 * LEAST_STEPS:
        return short
    names = [known.name]
    if is_open:
        names = [name for name in CANDIDATES if is_usable(name, known.device)]
    num_trials = len(names) + len(counts) - 1
    if num_trials == 1:
        return ruled
    if probe.plan.num_steps < num_trials * LEAST_STEPS:
        return short
    return _remembered(
        _key(recipe, probe, names, counts), ruled, lambda: _find(probe, names, counts)
    )


def _remembered(key: str, ruled: Settled, find: Callable[[], Settled]) -> Settled:
    """What was found the first time on this machine, by whichever process was first."""
    name = f"probes/{key}"
    if not (cache_folder() / name).is_dir():
        found = find()
        try:
            keep(name, lambda folder, _: write_json(folder / "settled.json", asdict(found)))
        except UserError as error:
            # What is forgotten would be timed again, and might come out otherwise.
            return replace(ruled, reason=f"{ruled.reason}; no probe: {str(error).rstrip('.')}")
    return Settled(**read_json(cache_folder() / name / "settled.json"))


def _key(recipe: Recipe, probe: Probe, names: Sequence[str], counts: Sequence[int]) -> str:
    """A hash of all that the speed of a step depends on, but for the rows."""
    config, written = probe.model.network.config.to_dict(), recipe.resolved()
    facts = {
        "processor": processor(),
        "torch": torch.__version__,
        "cpus": allowed_cpus(),
        "names": names,
        "threads": counts,
        "model": {name: value for name, value in config.items() if name not in _VOLATILE},
        "max_length": recipe.model.max_length,
        "batch": [probe.plan.batch_size, probe.plan.micro_batch_size],
        **{name: written[name] for name in ("task", "adapter", "objective")},
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _find(probe: Probe, names: Sequence[PrecisionName], counts: Sequence[int]) -> Settled:
    """Time the precisions with the first number of threads, then the winner with all numbers."""
    known = probe.model.precision
    trials = [Trial(replace(known, name=name), counts[0]) for name in names]
    best, reason = trials[0], known.reason
    probed: dict[str, Mapping[str, float | None]] = {}
    if len(names) > 1:
        trials = probe.measure(trials)
        best = fastest([one for one in trials if _keeps_loss(one, trials[0])])
        probed = {one.precision.name: _compared(one, trials[0]) for one in trials}
        reason = _sentence(best, trials[0])
    if len(counts) == 1:
        return Settled(best.precision.name, reason, counts[0], probed)
    numbers = probe.measure([Trial(best.precision, count) for count in sorted(counts)])
    probed |= {f"{one.threads} threads": _compared(one, numbers[0]) for one in numbers}
    return Settled(best.precision.name, reason, fastest(numbers).threads, probed)


def _keeps_loss(one: Trial, exact: Trial) -> bool:
    tolerance = CANDIDATES[one.precision.name]
    return one is exact or abs(one.loss - exact.loss) <= tolerance * abs(exact.loss)


def _compared(one: Trial, first: Trial) -> dict[str, float | None]:
    difference = _difference(one, first)
    return {
        "speed": round(first.seconds / one.seconds, 3),
        "loss_difference": difference if math.isfinite(difference) else None,
    }


def _difference(one: Trial, first: Trial) -> float:
    return abs(one.loss - first.loss) / (abs(first.loss) or 1.0)


def _sentence(best: Trial, exact: Trial) -> str:
    if best is exact:
        return "nothing that keeps the loss is faster here"
    percent = 100 * _difference(best, exact)
    bound = next((bound for bound in _BOUNDS if percent <= bound), 1)
    speed = exact.seconds / best.seconds
    return f"{speed:.1f}x as fast as fp32 here, loss within {bound:g} %"
