"""One measurement in a process of its own: `python -m benchmarks.speed.worker ERRAND ANSWER`."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.speed.measured import Errand
from benchmarks.speed.suites import OF_OURS
from luthier.core.files import write_json


def answer(errand: Errand) -> dict[str, Any]:
    """Do the errand; each program loads what it needs and nothing else."""
    if errand.program == "stock":
        return _stock(errand)
    if errand.program in OF_OURS:
        from benchmarks.speed import ours

        return asdict(getattr(ours, errand.program)(errand))
    from benchmarks.speed import peers

    return asdict(getattr(peers, errand.program)(errand))


def _stock(errand: Errand) -> dict[str, Any]:
    """Rows, facts, if need be a tuned model, and the speed of this machine's products."""
    from benchmarks.speed.count import facts_of
    from benchmarks.speed.ours import tune_before
    from benchmarks.speed.rate import matrix_rates
    from benchmarks.speed.stock import Request, stock, write_facts

    told = errand.options
    folder = None if told["folder"] is None else Path(told["folder"])
    request = Request(told["data"], told["rows"], told["test_rows"], folder, told["has_validation"])
    dataset = stock(request, errand.stock)
    facts = facts_of(errand.recipe, dataset)
    write_facts(errand.stock, facts)
    if told["is_tuned_before"]:
        tune_before(errand)
    return {**facts, "rates": matrix_rates()}


def main() -> None:
    """Read an errand, write what was measured."""
    import torch

    threads = torch.get_num_threads()
    write_json(Path(sys.argv[2]), {**answer(Errand.read(Path(sys.argv[1]))), "threads": threads})


if __name__ == "__main__":
    main()
