"""Run folders as `luthier train` leaves them, made up without training: for the tests of pages."""

import json
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.data_reports import ATTACKS, SPAM, data_report

Json = dict[str, Any]

HAM = "Hi Anna, the minutes of Tuesday's meeting are attached. Could you look at point three?"
INTENTS = [
    f"{subject}_{matter}"
    for subject in ("card", "cash", "transfer", "top_up", "exchange", "identity", "refund")
    for matter in (
        *("arrival", "declined", "fee", "limit", "lost", "not_recognised"),
        *("pending", "reverted", "swallowed", "verification", "wrong_amount"),
    )
]


def spam_run(folder: Path, *, rows: int = 1209) -> Path:
    """Two labels, a clear gain over TF-IDF."""
    return _run(
        folder,
        labels=["ham", "spam"],
        positive="spam",
        rows=rows,
        accuracy=0.972,
        baseline=0.94,
        text=lambda label, draw: _mail(label, draw),
        verdict="Better than TF-IDF by 4.4 points (2.7 to 6.2), p < 0.001.",
        comparison=(0.044, 0.027, 0.062, 0.0004),
    )


def unhelpful_run(folder: Path) -> Path:
    """Two labels, and TF-IDF is as good."""
    return _run(
        folder,
        labels=["negative", "positive"],
        positive="positive",
        rows=320,
        accuracy=0.81,
        baseline=0.82,
        text=lambda label, draw: f"The film was {'dull' if label == 'negative' else 'a joy'}.",
        verdict="No evidence that tuning helped: 0.8 points under TF-IDF (-2.4 to 4.1), p = 0.63.",
        comparison=(-0.008, -0.041, 0.024, 0.63),
    )


def harmful_run(folder: Path) -> Path:
    """Two labels, and the tuned model is worse than TF-IDF."""
    return _run(
        folder,
        labels=["negative", "positive"],
        positive="positive",
        rows=320,
        accuracy=0.7,
        baseline=0.82,
        text=lambda label, draw: f"The film was {'dull' if label == 'negative' else 'a joy'}.",
        verdict="Worse than TF-IDF by 11.9 points (6.6 to 17.0), p < 0.001.",
        comparison=(-0.119, -0.17, -0.066, 0.0002),
    )


def intents_run(folder: Path) -> Path:
    """77 labels, as in a bank's help desk."""
    return _run(
        folder,
        labels=INTENTS,
        positive=None,
        rows=3080,
        accuracy=0.9,
        baseline=0.84,
        text=lambda label, draw: f"I have a question about {label.replace('_', ' ')}, please help.",
        verdict="Better than TF-IDF by 6.0 points (4.8 to 7.1), p < 0.001.",
        comparison=(0.06, 0.048, 0.071, 0.0001),
    )


def chinese_run(folder: Path) -> Path:
    """Chinese reviews with Chinese labels."""
    good, bad = "房间很干净,服务也周到,下次还会再来。", "等了一个小时才办好入住,隔音很差,不推荐。"
    return _run(
        folder,
        labels=["差评", "好评"],
        positive="好评",
        rows=2000,
        accuracy=0.93,
        baseline=0.9,
        text=lambda label, draw: good if label == "好评" else bad * draw.randint(1, 6),
        verdict="比 TF-IDF 好 3.0 个百分点（1.6 至 4.4），p < 0.001。",
        comparison=(0.03, 0.016, 0.044, 0.0006),
        language="zh",
    )


def hostile_run(folder: Path) -> Path:
    """Everything that comes from data tries to be more than text."""
    labels = [f"{attack} {i}" for i, attack in enumerate(ATTACKS)]
    made = _run(
        folder,
        labels=labels,
        positive=None,
        rows=400,
        accuracy=0.6,
        baseline=0.5,
        text=lambda label, draw: " ".join(ATTACKS) + f" {draw.random()}",
        verdict=" ".join(ATTACKS),
        comparison=(0.1, 0.05, 0.15, 0.01),
    )
    report = data_report({"train": dict.fromkeys(labels, 5), "test": {}}, 400, labelled=True)
    report["source"] = report["warnings"] = report["faults"] = ATTACKS
    report["recognised"] = " ".join(ATTACKS)
    report["conflicts"]["examples"] = [{"text": " ".join(ATTACKS), "labels": labels}]
    for step in report["steps"]:
        step["dropped"] = step["notes"] = dict.fromkeys(ATTACKS, 1)
        step["examples"] = [{"before": " ".join(ATTACKS), "after": None}]
    write_json(folder / "data" / "report.json", report)
    return made


def text_run(folder: Path) -> Path:
    """Answers that are text: no labels, no probabilities, no baselines, no validation split."""
    write_recipe(folder, "summarization")
    write_json(folder / "environment.json", environment())
    write_json(folder / "data" / "report.json", data_report({"train": {}, "test": {}}, 180))
    write_lines(folder / "metrics.jsonl", [line for line in training_log() if "loss" in line])
    found = {"split": "test", "kind": "texts", "rows": 60, "primary": "rougeL", "baselines": {}}
    metrics = {"rougeL": _interval(0.41, 0.02), "chrf": _interval(38.2, 1.1)}
    write_json(folder / "evaluation.json", found | {"metrics": metrics})
    write_lines(
        folder / "predictions.jsonl",
        (
            {
                "id": f"{i:032x}",
                "input": {"prompt": f"A long paper about topic {i}. " * 20, "topic": "physics"},
                "reference": f"It is about topic {i}.",
                "prediction": f"It is about topic {i % 7}.",
                "score": None,
            }
            for i in range(60)
        ),
    )
    return folder


def _run(
    folder: Path,
    *,
    labels: Sequence[str],
    positive: str | None,
    rows: int,
    accuracy: float,
    baseline: float,
    text: Callable[[str, random.Random], str],
    verdict: str,
    comparison: tuple[float, float, float, float],
    language: str = "en",
) -> Path:
    draw = random.Random(7)
    answers = [_answer(labels, accuracy, draw) for _ in range(rows)]
    write_recipe(folder, "text_classification", language)
    write_json(folder / "environment.json", environment())
    write_lines(folder / "metrics.jsonl", training_log())
    write_lines(
        folder / "predictions.jsonl",
        (
            {
                "id": f"{i:032x}",
                "input": {"text": text(true, draw)},
                "reference": true,
                "prediction": predicted,
                "score": round(score, 4),
            }
            for i, (true, predicted, score) in enumerate(answers)
        ),
    )
    counts = dict(Counter(true for true, _, _ in answers).most_common())
    splits = {
        "train": {label: 7 * n for label, n in counts.items()},
        "validation": counts,
        "test": counts,
    }
    write_json(folder / "data" / "report.json", data_report(splits, 9 * rows, labelled=True))
    write_json(folder / "data" / "manifest.json", {"splits": {}})
    evaluation = _evaluation(labels, positive, answers, accuracy, baseline)
    difference, low, high, p_value = comparison
    evaluation["comparison"] = {
        "against": "tfidf",
        "metric": evaluation["primary"],
        "test": "McNemar" if positive is None else "paired bootstrap",
        "difference": difference,
        "low": low,
        "high": high,
        "p_value": p_value,
    }
    write_json(folder / "evaluation.json", evaluation | {"verdict": verdict})
    return folder


def _answer(labels: Sequence[str], accuracy: float, draw: random.Random) -> tuple[str, str, float]:
    # The first classes are the frequent ones, and each class is taken for its neighbour.
    true = min(int(draw.expovariate(2.2) * len(labels) / 1.4), len(labels) - 1)
    if draw.random() < accuracy:
        return labels[true], labels[true], draw.triangular(0.55, 1, 0.99)
    other = (true + draw.choice([1, 1, 1, len(labels) // 2 or 1])) % len(labels)
    return labels[true], labels[other], draw.triangular(0.5, 0.995, 0.6)


def _evaluation(
    labels: Sequence[str],
    positive: str | None,
    answers: Sequence[tuple[str, str, float]],
    accuracy: float,
    baseline: float,
) -> Json:
    number = {label: i for i, label in enumerate(labels)}
    confusion = [[0] * len(labels) for _ in labels]
    for true, predicted, _ in answers:
        confusion[number[true]][number[predicted]] += 1
    spread = 1.96 * math.sqrt(accuracy * (1 - accuracy) / len(answers))
    names = ["f1", "accuracy", "precision", "recall", "f1_macro", "roc_auc"]
    if positive is None:
        names = ["accuracy", "precision_macro", "recall_macro", "f1_macro", "f1_weighted"]
    return {
        "split": "test",
        "rows": len(answers),
        "metrics": _metrics(names, accuracy - 0.015, spread),
        "primary": names[0],
        "baselines": {
            "majority": _metrics(names, 0.02 if len(labels) > 2 else 0.5, spread)
            | ({} if positive is None else {"f1": _interval(0.0, 0.0)}),
            "tfidf": _metrics(names, baseline - 0.027, 1.4 * spread),
            "base_model": _metrics(names, 0.3 * baseline, 1.2 * spread),
        },
        "labels": list(labels),
        "positive": positive,
        "confusion": confusion,
        "per_class": {label: _class(confusion, i) for i, label in enumerate(labels)},
        "calibration": {"error": 0.021, "bins": list(_bins(answers))},
        "truncated": {"rows": 97, "tokens": 8120},
    }


def _metrics(names: Sequence[str], value: float, spread: float) -> Json:
    return {name: _interval(value + 0.011 * i, spread) for i, name in enumerate(names)}


def _interval(value: float, spread: float) -> Json:
    value = value if value > 1.5 else min(value, 0.995)
    high = value + 0.8 * spread
    return {"value": value, "low": value - spread, "high": high if value > 1.5 else min(high, 1.0)}


def _class(confusion: Sequence[Sequence[int]], number: int) -> Json:
    right = confusion[number][number]
    support = sum(confusion[number])
    said = sum(line[number] for line in confusion)
    precision = right / said if said else 0.0
    recall = right / support if support else 0.0
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return {"precision": precision, "recall": recall, "f1": f1, "support": support}


def _bins(answers: Sequence[tuple[str, str, float]], count: int = 10) -> Iterator[Json]:
    for index in range(count):
        low, high = index / count, (index + 1) / count
        inside = [one for one in answers if low < one[2] <= high]
        right = sum(true == predicted for true, predicted, _ in inside)
        yield {
            "low": low,
            "high": high,
            "confidence": sum(score for _, _, score in inside) / max(1, len(inside)),
            "accuracy": right / max(1, len(inside)),
            "rows": len(inside),
        }


def training_log(steps: int = 390) -> Iterator[Json]:
    """The lines of metrics.jsonl."""
    draw = random.Random(3)
    for step in range(10, steps + 1, 10):
        loss = 0.05 + 0.62 * math.exp(-step / 70) + 0.02 * draw.random()
        yield {
            "step": step,
            "epoch": round(3 * step / steps, 3),
            "tokens": step * 32 * 118,
            "loss": loss,
            "learning_rate": 5e-5 * min(1, step / 24) * (1 - step / (steps + 1)),
            "grad_norm": 1.2 + draw.random(),
            "tokens_per_second": 14200.0 + 100 * draw.random(),
            "seconds": step * 0.266,
        }
        if step % 65 == 0:
            score = 0.965 - 0.2 * math.exp(-step / 90)
            values = {"loss": 0.09 + 0.4 * math.exp(-step / 80), "accuracy": score + 0.01}
            yield {"step": step, "epoch": 1, "validation": values | {"f1": score}}


def _mail(label: str, draw: random.Random) -> str:
    text = SPAM if label == "spam" else HAM
    return f"Subject: no. {draw.randint(1, 9999)}\n\n" + " ".join([text] * draw.randint(1, 8))


def environment() -> Json:
    return {
        "versions": {"python": "3.11.7", "luthier": "0.1.0", "torch": "2.13.0+cpu"},
        "machine": {"processor": "AMD EPYC", "cores": 2, "memory_bytes": 25_769_803_776},
        "git_commit": "8b16ea3a6f2f6f0f8b0b6d6b5c1e2a7d9c0f4e11",
        "seed": 7,
        "threads": 2,
        "precision": {"name": "bf16", "reason": "the processor multiplies it natively"},
        "seconds": {"prepare": 8.4, "encode": 3.1, "train": 103.62, "judge": 21.9},
    }


def write_recipe(folder: Path, task: str, language: str = "en") -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "recipe.yaml").write_text(
        f"task: {task}\n"
        "data:\n"
        "  source: [catalog:spam-mail]\n"
        "  clean: [fix_encoding, drop_duplicates, drop_near_duplicates]\n"
        "  split: {validation: 0.1, test: 0.2, group: null, stratify: false}\n"
        "model: {base: catalog:minilm, max_length: 256}\n"
        "adapter: {lora: {rank: 16, alpha: 32}}\n"
        "objective: {supervised: {class_weights: balanced}}\n"
        "training:\n"
        "  learning_rate: 5.0e-05\n"
        "  num_epochs: 3\n"
        "  batch_size: 32\n"
        "callbacks: [keep_best]\n"
        f"run: {{folder: runs/{folder.name}, seed: 7, language: {language}}}\n",
        encoding="utf-8",
    )


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")


def write_lines(path: Path, values: Iterator[Json] | list[Json]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for value in values:
            file.write(json.dumps(value) + "\n")
