"""How long `luthier --help` takes, and plain Python beside it: `python -m benchmarks.startup`."""

import statistics
import subprocess
import sys
import time

RUNS = 7
COMMANDS = {
    "luthier --help": [sys.executable, "-m", "luthier", "--help"],
    "python -c pass": [sys.executable, "-c", "pass"],
}


def main() -> None:
    """Print the median of seven runs of each, taken in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds[name].append(time.perf_counter() - start)
    for name, found in seconds.items():
        print(f"{name:<16} {statistics.median(found):.2f} s (median of {RUNS})")


if __name__ == "__main__":
    main()
