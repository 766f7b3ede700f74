import pytest

from luthier.core.files import read_json
from luthier.evaluation.lines import evaluation_lines, told
from tests import judged_runs


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.91234, "share", "0.9123"),
        (38.2449, "points", "38.24"),
        (15.0, "number", "15.00"),
        (0.0123456, "number", "0.01235"),
        (1234.5, "number", "1234"),
        (123456.7, "number", "123,457"),
        (1e-9, "number", "1.000e-09"),
        (-0.25, "number", "-0.2500"),
        (None, "share", "-"),
    ],
)
def test_a_metric_is_told_by_its_unit(value, unit, text):
    assert told(value, unit) == text


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    folder = judged_runs.translation_run(tmp_path_factory.mktemp("runs") / "translation", rows=40)
    return list(evaluation_lines(read_json(folder / "evaluation.json")))


def test_the_verdicts_come_first(lines):
    assert lines[0].startswith("比 untuned 好")
    assert lines[1].startswith("比 nearest 好")
    assert lines[2] == "40 rows (test), 95 % intervals"


def test_every_metric_stands_beside_the_baselines(lines):
    assert lines[3].split() == ["tuned", "untuned", "nearest"]
    assert [line.split()[0] for line in lines[4:9]] == [
        *("chrf", "bleu", "ter", "perplexity", "token_accuracy"),
    ]


def test_what_is_not_defined_is_a_dash(lines):
    assert lines[7].startswith("perplexity ↓")
    assert lines[7].endswith(" -")


def test_a_metric_of_which_less_is_better_is_marked(lines):
    assert [line[:25].split()[:2] for line in lines if "↓" in line][:2] == [
        ["ter", "↓"],
        ["perplexity", "↓"],
    ]
    assert "↓ lower is better" in lines


def test_metrics_with_more_than_one_way_say_which(lines):
    assert [line.split(":")[0] for line in lines if "nrefs:1" in line] == ["chrf", "bleu", "ter"]


def test_cut_rows_are_told(lines):
    assert lines[-1] == "12 rows were cut to max_length; 3,400 tokens were lost."
