"""README.md of a run: the model card, with the metadata block that the Hugging Face Hub reads."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCardData

from luthier.core.catalog import Entry
from luthier.core.files import write_text
from luthier.core.page import Language, render
from luthier.core.registry import Choice, Menu
from luthier.core.runs import Run
from luthier.core.yaml import load_yaml
from luthier.evaluation.known_metrics import scales_of
from luthier.evaluation.record import Evaluation, read_evaluation, read_optional, systems

_MODELS = Menu("luthier.models.catalog")
_DATA = Menu("luthier.data.catalog")
_CATALOG, _HUB = "catalog:", "hub:"
_UNKNOWN_LICENCE = "unknown"

_PIPELINES = frozenset(
    {
        "text-classification",
        "token-classification",
        "question-answering",
        "translation",
        "summarization",
        "text-generation",
        "fill-mask",
        "sentence-similarity",
    }
)
"""The Hub's names of what a model is for, as far as they are names of our tasks."""
_OTHER_NAMES = {
    "chat": "text-generation",
    "code_generation": "text-generation",
    "relation_classification": "text-classification",
    "regression": "text-classification",
}
_AVERAGES = ("macro", "micro", "weighted")
_METRICS = {
    "mean_squared_error": "mse",
    "mean_absolute_error": "mae",
    "pearson": "pearsonr",
    "spearman": "spearmanr",
    "r2": "r_squared",
    "rouge1": "rouge",
    "rouge2": "rouge",
    "rougeL": "rouge",
    "squad_f1": "f1",
    "span_f1": "f1",
    "span_precision": "precision",
    "span_recall": "recall",
    "token_accuracy": "accuracy",
    "subset_accuracy": "accuracy",
}
"""The Hub's names of metrics, where they are others than ours."""


def write_card(run_folder: Path, *, language: Language) -> Path:
    """Write the model card of a run.

    Its metadata block follows the Hub's model card specification: language, licence, library,
    pipeline, tags, data sets, base model, and the results as a model index.

    Args:
        run_folder: a run; what it lacks (an evaluation, a data report) the card leaves out.
        language: of the text; the metadata block has a language of its own, that of the data.

    Raises:
        UserError: the folder holds no run, or one of its files is damaged.
    """
    run = Run.open(run_folder)
    recipe, evaluation = load_yaml(run.recipe), read_evaluation(run)
    base = recipe["model"]["base"]
    metadata = card_metadata(run, recipe, evaluation)
    text = render(
        "evaluation/templates/card.md",
        language=language,
        metadata=metadata.to_yaml(),
        name=run_folder.resolve().name,
        pipeline=metadata.pipeline_tag,
        recipe=recipe,
        recipe_text=run.recipe.read_text("utf-8"),
        environment=read_optional(run.environment) or {},
        evaluation=evaluation,
        systems=systems(evaluation) if evaluation else [],
        scales=scales_of(evaluation["metrics"]) if evaluation else {},
        data=read_optional(run.data / "report.json"),
        sources=_sources(recipe),
        base=base if _is_shared(base) else Path(base).name,
        licence=metadata.license,
        data_licences=_data_licences(recipe),
    )
    write_text(run.card, text)
    return run.card


def card_metadata(
    run: Run, recipe: Mapping[str, Any], evaluation: Evaluation | None
) -> ModelCardData:
    """What the Hub is told about a run."""
    task, base = Choice.parse(recipe["task"]).name, recipe["model"]["base"]
    pipeline = _pipeline(task)
    adapter = Choice.parse(recipe.get("adapter", "full")).name
    metrics = list(evaluation["metrics"]) if evaluation else []
    return ModelCardData(
        language=_languages(recipe) or None,
        license=_licence(base),
        library_name="peft" if (run.model / "adapter_config.json").exists() else "transformers",
        pipeline_tag=pipeline,
        tags=["luthier", task.replace("_", "-"), adapter],
        datasets=[hub for source in _sources(recipe) if (hub := _hub_name(source))] or None,
        base_model=_hub_model(base),
        metrics=list(dict.fromkeys(_metric_type(metric)[0] for metric in metrics)) or None,
        model_name=run.folder.resolve().name if evaluation else None,
        eval_results=list(_results(recipe, evaluation, pipeline or task)) if evaluation else None,
    )


def _results(recipe: Mapping[str, Any], evaluation: Evaluation, task: str) -> Iterator[EvalResult]:
    sources = _sources(recipe)
    for metric, found in evaluation["metrics"].items():
        if found["value"] is None:
            continue  # not defined on these rows
        kind, average = _metric_type(metric)
        yield EvalResult(
            task_type=task,
            dataset_type=_dataset_type(sources[0]),
            dataset_name=", ".join(sources),
            dataset_split=evaluation["split"],
            metric_type=kind,
            metric_name=metric,
            metric_value=round(found["value"], 6),
            metric_args={"average": average} if average else None,
        )


def _pipeline(task: str) -> str | None:
    name = _OTHER_NAMES.get(task, task.replace("_", "-"))
    return name if name in _PIPELINES else None


def _metric_type(metric: str) -> tuple[str, str | None]:
    """The Hub's name of a metric, and how it averages classes: `f1_macro` is macro-averaged f1."""
    name, _, average = metric.rpartition("_")
    name, among = (name, average) if average in _AVERAGES else (metric, None)
    return _METRICS.get(name, name), among


def _sources(recipe: Mapping[str, Any]) -> list[str]:
    written = recipe["data"]["source"]
    sources = written if isinstance(written, list) else [written]
    return [_public(source) for source in sources]


def _public(source: Any) -> str:
    """The name of a source; of a file or folder the last part, as a card is there to be shared."""
    if not isinstance(source, str):
        return Choice.parse(source).name
    return source if source.startswith((_CATALOG, _HUB)) else Path(source).name


def _catalog_entries(recipe: Mapping[str, Any]) -> list[type[Entry]]:
    return [
        _DATA.get(source.removeprefix(_CATALOG))
        for source in _sources(recipe)
        if source.startswith(_CATALOG)
    ]


def _languages(recipe: Mapping[str, Any]) -> list[str]:
    entries = _catalog_entries(recipe)
    return sorted({language for entry in entries for language in entry.languages})


def _data_licences(recipe: Mapping[str, Any]) -> list[str]:
    return sorted({entry.licence for entry in _catalog_entries(recipe)})


def _licence(base: str) -> str:
    """The licence that the weights came with, by the Hub's identifier."""
    if not base.startswith(_CATALOG):
        return _UNKNOWN_LICENCE
    licence: str = _MODELS.get(base.removeprefix(_CATALOG)).licence
    return licence.lower()


def _dataset_type(source: str) -> str:
    """The Hub's id of a data set, or a word that says that the Hub has none."""
    if source.startswith(_CATALOG):
        return source.removeprefix(_CATALOG)
    return _hub_name(source) or "custom"


def _hub_name(source: str) -> str | None:
    return source.removeprefix(_HUB) if source.startswith(_HUB) else None


def _hub_model(base: str) -> str | None:
    return base if _is_shared(base) and not base.startswith(_CATALOG) else None


def _is_shared(base: str) -> bool:
    """Whether a base model is known to others by this name: catalog or hub, not a folder."""
    if base.startswith(_CATALOG):
        return True
    return not (base.startswith((".", "/", "~")) or base.count("/") > 1 or Path(base).exists())
