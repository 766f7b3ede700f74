"""The shipped spam recipes, whole: quality, time by phase, memory, and how good `check` guessed.

python -m benchmarks.spam [RECIPE ...]      default: recipes/spam-quick.yaml recipes/spam.yaml
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

RECIPES = ("recipes/spam-quick.yaml", "recipes/spam.yaml")


def luthier(*arguments: str) -> Any:
    """Run a command and read its JSON."""
    command = [sys.executable, "-m", "luthier", *arguments, "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Measure each recipe."""
    for recipe in sys.argv[1:] or RECIPES:
        guess = luthier("check", recipe)["estimate"]
        with TemporaryDirectory() as folder:
            run = Path(folder) / "run"
            start = time.perf_counter()
            luthier("train", recipe, "--set", f"run.folder={run}")
            wall = time.perf_counter() - start
            report(recipe, run, wall, guess)


def report(recipe: str, run: Path, wall: float, guess: dict[str, float]) -> None:
    """Print what was measured."""
    facts = json.loads((run / "environment.json").read_text("utf-8"))
    found = json.loads((run / "evaluation.json").read_text("utf-8"))
    print(f"{recipe}: {found['verdict']}")
    name = found["primary"]
    for who, metrics in {"tuned": found["metrics"], **found["baselines"]}.items():
        value = metrics[name]
        print(f"  {name} {who:<11} {value['value']:.4f} ({value['low']:.4f}, {value['high']:.4f})")
    phases = ", ".join(f"{phase} {seconds:.0f} s" for phase, seconds in facts["seconds"].items())
    tokens = facts["tokens"] / facts["seconds"]["train"]
    print(f"  wall {wall:.0f} s: {phases}; {tokens:,.0f} tokens/s; ", end="")
    print(f"padding {facts['padding_share']:.1%}; precision {facts['precision']['name']}")
    peak = facts["peak_memory_bytes"]
    print(
        f"  check guessed {guess['seconds']:.0f} s ({guess['seconds'] / wall - 1:+.0%}), ", end=""
    )
    print(f"{guess['peak_memory_bytes'] / 1e9:.2f} of {peak / 1e9:.2f} GB ", end="")
    print(f"({guess['peak_memory_bytes'] / peak - 1:+.0%})", flush=True)


if __name__ == "__main__":
    main()
