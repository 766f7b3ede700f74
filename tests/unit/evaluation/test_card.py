import json

import pytest
from huggingface_hub import ModelCard

from luthier.core.runs import Run
from luthier.core.yaml import load_yaml
from luthier.evaluation.card import card_metadata, write_card
from luthier.evaluation.record import read_evaluation
from tests import judged_runs, runs


@pytest.fixture
def run(tmp_path):
    return runs.spam_run(tmp_path / "spam", rows=300)


def metadata_of(folder, old="", new=""):
    recipe = folder / "recipe.yaml"
    recipe.write_text(recipe.read_text("utf-8").replace(old, new), "utf-8")
    opened = Run.open(folder)
    return card_metadata(opened, load_yaml(recipe), read_evaluation(opened))


def test_the_hub_reads_the_metadata(run):
    data = ModelCard.load(write_card(run, language="en")).data
    assert data.license == "apache-2.0"
    assert data.language == ["en"]
    assert data.library_name == "transformers"
    assert data.pipeline_tag == "text-classification"
    assert data.tags == ["luthier", "text-classification", "lora"]
    assert data.metrics == ["f1", "accuracy", "precision", "recall", "roc_auc"]


def test_the_hub_reads_the_results(run):
    data = ModelCard.load(write_card(run, language="en")).data
    assert data.model_name == "spam"
    results = {result.metric_name: result for result in data.eval_results}
    first = results["f1"]
    assert (first.metric_type, first.metric_value, first.dataset_split) == ("f1", 0.957, "test")
    assert (first.dataset_type, first.task_type) == ("spam-mail", "text-classification")
    assert results["f1_macro"].metric_type == "f1"
    assert results["f1_macro"].metric_args == {"average": "macro"}


@pytest.mark.parametrize(
    ("base", "known"),
    [
        ("org/model", "org/model"),
        ("bert-base-chinese", "bert-base-chinese"),
        ("catalog:minilm", None),
        ("./models/mine", None),
        ("/models/mine", None),
        ("one/two/three", None),
    ],
)
def test_a_base_model_is_named_if_the_hub_has_it(base, known, run):
    assert metadata_of(run, "catalog:minilm", base).base_model == known


def test_the_licence_of_unknown_weights_is_unknown(run):
    assert metadata_of(run, "catalog:minilm", "org/model").license == "unknown"


def test_data_sets_of_the_hub_are_named(run):
    data = metadata_of(run, "[catalog:spam-mail]", "[hub:org/mails, mine.csv]")
    assert data.datasets == ["org/mails"]
    assert data.language is None


def test_an_adapter_is_loaded_by_peft(run):
    (run / "model").mkdir()
    (run / "model" / "adapter_config.json").write_text("{}")
    assert metadata_of(run).library_name == "peft"


@pytest.mark.parametrize(
    ("task", "pipeline"),
    [
        ("token_classification", "token-classification"),
        ("chat", "text-generation"),
        ("regression", "text-classification"),
        ("x_y", None),
    ],
)
def test_the_pipeline_is_that_of_the_task(task, pipeline, run):
    assert metadata_of(run, "text_classification", task).pipeline_tag == pipeline


def test_a_metric_that_is_not_defined_is_no_result(run):
    found = json.loads((run / "evaluation.json").read_text("utf-8"))
    found["metrics"]["roc_auc"] = {"value": None, "low": None, "high": None}
    (run / "evaluation.json").write_text(json.dumps(found), "utf-8")
    assert "roc_auc" not in [result.metric_name for result in metadata_of(run).eval_results]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("file", ["evaluation.json", "data/report.json", "environment.json"])
def test_what_a_run_lacks_the_card_leaves_out(file, language, run):
    (run / file).unlink()
    assert ModelCard.load(write_card(run, language=language)).data.license == "apache-2.0"


def test_the_card_tells_the_scores_with_their_intervals(run):
    text = write_card(run, language="en").read_text("utf-8")
    assert (
        "| Metric | Tuned model | TF-IDF with logistic regression | Untuned model, linear head |"
        in text
    )
    assert "\n|---|---:|---:|---:|---:|\n| F1 | 0.957 \\[0." in text


def test_a_card_speaks_chinese(tmp_path):
    text = write_card(runs.chinese_run(tmp_path / "zh"), language="zh").read_text("utf-8")
    assert "## 使用方法" in text
    assert "比 TF-IDF 好 3.0 个百分点（1.6 至 4.4），p \\< 0.001。" in text
    assert "2 种标签：差评、好评" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_text_brings_in_no_mark_up(language, tmp_path):
    folder = runs.hostile_run(tmp_path / "hostile")
    card = ModelCard.load(write_card(folder, language=language))
    assert card.data.model_name == "hostile"
    for mark in (" <script", " <img", " [x](", " **b**"):
        assert mark not in card.text


def test_a_card_names_local_files_without_their_folder(run):
    recipe = run / "recipe.yaml"
    text = recipe.read_text("utf-8")
    changed = text.replace("catalog:spam-mail", "/home/me/mails.csv")
    recipe.write_text(changed.replace("catalog:minilm", "/home/me/bert"), "utf-8")
    body = write_card(run, language="en").read_text("utf-8").partition("```yaml")[0]
    assert "/home/me" not in body
    assert "bert, tuned for the task" in body
    assert "- mails.csv" in body


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["emotions", "ratings", "entities", "translation", "chats"])
def test_every_kind_of_answers_has_a_card(kind, language, tmp_path):
    folder = getattr(judged_runs, f"{kind}_run")(tmp_path / kind, rows=20)
    card = ModelCard.load(write_card(folder, language=language))
    assert card.data.eval_results


def test_metrics_have_the_hubs_names(tmp_path):
    data = ModelCard.load(
        write_card(judged_runs.ratings_run(tmp_path / "r", rows=20), language="en")
    ).data
    assert data.metrics == ["pearsonr", "spearmanr", "mse", "mae", "r_squared"]


def test_the_card_marks_metrics_of_which_less_is_better(tmp_path):
    folder = judged_runs.translation_run(tmp_path / "t", rows=20)
    text = write_card(folder, language="en").read_text("utf-8")
    assert "\n| TER ↓ | " in text
    assert "\n| chrF | " in text
    assert "↓: lower is better." in text
    assert "\n- chrF: nrefs:1\\|case:mixed\\|" in text
