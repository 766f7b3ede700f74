"""No machine's paths, no registry's hosts, no leftovers in what is published."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORBIDDEN = re.compile(
    "|".join(["/wo" + "rk/", "pypi" + r"\.org", "registry" + r"\.npmjs", "/opt/" + "wheels"])
)


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [ROOT / name for name in listing.stdout.split("\0") if name]


def test_no_file_names_this_machine_or_a_registry_host() -> None:
    files = [path for path in tracked() if path.is_file()]
    assert len(files) > 100
    named = [
        str(path.relative_to(ROOT))
        for path in files
        if FORBIDDEN.search(path.read_text("utf-8", errors="replace"))
    ]
    assert named == []
