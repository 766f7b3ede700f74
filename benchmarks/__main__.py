"""All benchmarks in turn: `python -m benchmarks`, or `python -m benchmarks startup spam`."""

import subprocess
import sys

ALL = ("startup", "cleaning", "memory", "spam", "speed")


def main() -> int:
    """Run those that are named, else all; each as a process of its own."""
    chosen = sys.argv[1:] or ALL
    for name in chosen:
        print(f"\n## {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
