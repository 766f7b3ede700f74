"""Imports point down, choices are strangers, the light half never loads torch."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIGHT = ("luthier", "luthier.core.config", "luthier.data.prepare", "luthier.scoring.standard")


def test_every_contract_of_the_layers_is_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("statement", [f"import {name}" for name in LIGHT])
def test_the_light_half_loads_no_torch(statement: str) -> None:
    check = f"{statement}; import sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["menu"], ["catalog"]])
def test_a_command_that_needs_no_model_loads_no_torch(arguments: list[str]) -> None:
    check = (
        "import sys; from luthier.cli.main import main; "
        f"code = main({arguments!r}); sys.exit(code or 9 * ('torch' in sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, capture_output=True, check=False
    )
    assert found.returncode == 0, found.stderr
