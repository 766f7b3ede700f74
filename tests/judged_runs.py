"""Run folders of every kind of answers, judged for real but not trained: for the tests of pages."""

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from luthier.evaluation.bootstrap import intervals
from luthier.evaluation.significance import compare
from luthier.evaluation.summary import summary
from luthier.evaluation.verdict import verdict
from luthier.scoring.answers import (
    Answers,
    LabelSetAnswers,
    NumberAnswers,
    TagAnswers,
    TextAnswers,
)
from luthier.scoring.metric import Metric
from luthier.scoring.standard import label_set_metrics, metrics_of, number_metrics, tag_metrics
from tests.data_reports import ATTACKS, data_report
from tests.runs import Json, environment, training_log, write_json, write_lines, write_recipe

EMOTIONS = [
    *("admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion"),
    *("curiosity", "desire", "disappointment", "disgust", "fear", "gratitude", "grief", "joy"),
    *("love", "nervousness", "optimism", "pride", "realization", "relief", "sadness", "surprise"),
]
WRITTEN = ({"rouge": {"kind": "rougeL"}}, "exact_match", "perplexity", "token_accuracy")
Inputs = Sequence[Json]


def emotions_run(folder: Path, *, rows: int = 400) -> Path:
    """Any number of labels a row; the thresholds of rare ones are never reached."""
    generator = np.random.default_rng(3)
    shares = 0.3 / (1 + np.arange(len(EMOTIONS)))
    references = generator.random((rows, len(EMOTIONS))) < shares
    references[references.sum(axis=1) == 0, 0] = True

    def answered(noise: float) -> LabelSetAnswers:
        draws = generator.normal(references * 1.0, noise)
        probabilities = 1 / (1 + np.exp(4 - 8 * draws))
        return LabelSetAnswers(references, probabilities >= 0.5, probabilities, EMOTIONS)

    return judged_run(
        folder,
        "text_classification",
        answered(0.32),
        {"majority": answered(2.0), "tfidf": answered(0.5), "base_model": answered(0.45)},
        label_set_metrics(),
        "f1_macro",
        [
            {"text": f"So happy for you, number {i}! But where were you all day?"}
            for i in range(rows)
        ],
    )


def ratings_run(folder: Path, *, rows: int = 1200) -> Path:
    """A number a row."""
    generator = np.random.default_rng(5)
    references = generator.uniform(0, 5, rows)

    def answered(noise: float) -> NumberAnswers:
        pull = 0.4 + 0.85 * references
        return NumberAnswers(references, pull + generator.normal(0, noise, rows))

    return judged_run(
        folder,
        "regression",
        answered(0.4),
        {
            "majority": NumberAnswers(references, np.full(rows, references.mean())),
            "tfidf": answered(0.9),
        },
        number_metrics(),
        "pearson",
        [{"text": f"{score:.0f} of five. Would watch again."} for score in references],
    )


def entities_run(folder: Path, *, rows: int = 150) -> Path:
    """A tag a word: entities of tweets."""
    sentences = [
        (
            "@ana Just saw Ada Lovelace at King 's Cross , London !",
            "O O O B-P I-P O B-L I-L I-L O B-L O",
        ),
        ("The Pixies play Where Is My Mind tonight in Boston", "B-G I-G O B-W I-W I-W I-W O O B-L"),
        ("nothing beats a quiet evening", "O O O O O"),
        ("Acme Corp buys Initech for 3 bn", "B-C I-C O B-C O O O"),
    ]
    names = {"P": "person", "L": "location", "G": "group", "W": "creative-work", "C": "corporation"}
    return _tagged_run(folder, [_spelt(*one, names) for one in sentences], rows, "en")


def chinese_entities_run(folder: Path, *, rows: int = 150) -> Path:
    """A tag a character, in a language without spaces."""
    sentences = [
        (
            " ".join("王小明昨天在北京大学见到了李华。"),
            "B-P I-P I-P O O O B-C I-C I-C I-C O O O B-P I-P O",
        ),
        (" ".join("上海的GDP增长了百分之五"), "B-L I-L O O O O O O O O O O O"),
        (" ".join("阿里巴巴总部位于杭州"), "B-C I-C I-C I-C O O O O B-L I-L"),
    ]
    names = {"P": "人名", "L": "地名", "C": "机构名"}
    return _tagged_run(folder, [_spelt(*one, names) for one in sentences], rows, "zh")


def translation_run(folder: Path, *, rows: int = 120) -> Path:
    """Texts that are translated, judged by points of 100 and by perplexity."""
    draw = random.Random(1)
    pairs = [
        ("I have never been to the sea.", "我从来没去过海边。"),
        (
            "She asked him to open the window before the guests arrived.",
            "她请他在客人到来之前打开窗户。",
        ),
        ("It is raining.", "下雨了。"),
        ("Where did you put the keys?", "你把钥匙放哪儿了？"),
    ]
    chosen = [pairs[i % len(pairs)] for i in range(rows)]

    def answered(share: float, nats: float) -> TextAnswers:
        return _written(
            [[zh] for _, zh in chosen],
            [zh[: max(1, round(share * len(zh) + draw.uniform(-3, 3)))] for _, zh in chosen],
            nats,
            draw,
        )

    ours, untuned = answered(0.8, 1.6), answered(0.1, 5.5)
    return judged_run(
        folder,
        "translation",
        ours,
        {"untuned": untuned, "nearest": TextAnswers(ours.references, _shifted(ours, 5))},
        metrics_of(["chrf", "bleu", "ter", "perplexity", "token_accuracy"]),
        "chrf",
        [{"prompt": en} for en, _ in chosen],
        language="zh",
        more=[{"untuned": text} for text in untuned.predictions],
    )


def questions_run(folder: Path, *, rows: int = 90) -> Path:
    """Passages that answer questions, some with several acceptable answers, some with none."""
    draw = random.Random(2)
    context = (
        "The Normans were the people who in the 10th and 11th centuries gave their name to "
        "Normandy, a region in France. They were descended from Norse raiders and pirates from "
        "Denmark, Iceland and Norway. " * 3
    )
    asked = [
        ("In what country is Normandy located?", ["France"]),
        ("When were the Normans in Normandy?", ["10th and 11th centuries", "in the 10th and 11th"]),
        ("Who was king of Iceland then?", []),
        ("From which countries did the Norse originate?", ["Denmark, Iceland and Norway"]),
    ]
    chosen = [asked[i % len(asked)] for i in range(rows)]
    references = [answers for _, answers in chosen]

    def answered(right: float) -> TextAnswers:
        said = [
            (one[0] if one else "") if draw.random() < right else "Norse raiders and pirates"
            for one in references
        ]
        return TextAnswers(references, said)

    return judged_run(
        folder,
        "question_answering",
        answered(0.7),
        {"sliding_window": answered(0.2)},
        metrics_of(["squad_f1", "exact_match"]),
        "squad_f1",
        [{"context": context, "question": question} for question, _ in chosen],
    )


def chats_run(folder: Path, *, rows: int = 60) -> Path:
    """Conversations, judged by perplexity, which no neighbour has."""
    draw = random.Random(4)
    answer = "Of course! First,\n1. save your work\n2. restart the computer\n3. try again"
    turns = [
        {"role": "system", "content": "You are a patient helper."},
        {"role": "user", "content": "My screen is black. Can you help? " * 12},
        {"role": "assistant", "content": "Is it plugged in?"},
        {"role": "user", "content": "Yes."},
    ]
    references = [[f"{answer}, if it is machine {i % 9}."] for i in range(rows)]

    def answered(nats: float) -> TextAnswers:
        said = [one[0] if draw.random() < 0.3 else "I do not know. " * 60 for one in references]
        return _written(references, said, nats, draw)

    ours = answered(1.1)
    return judged_run(
        folder,
        "chat",
        ours,
        {"untuned": answered(2.9), "nearest": TextAnswers(references, _shifted(ours, 3))},
        metrics_of(WRITTEN),
        "perplexity",
        [{"messages": turns} for _ in range(rows)],
    )


def hostile_texts_run(folder: Path) -> Path:
    """Written answers that try to be more than text."""
    text = " ".join(ATTACKS)
    said = [f"{attack} {text}" for attack in ATTACKS]
    ours = TextAnswers([[one, text] for one in ATTACKS], said)
    turns = [{"role": text, "content": text, "tool_calls": [{"function": {"name": text}}]}]
    return judged_run(
        folder,
        "chat",
        ours,
        {"nearest": TextAnswers(ours.references, _shifted(ours, 1))},
        metrics_of(["exact_match"]),
        "exact_match",
        [{"messages": turns, text: text} for _ in said],
        more=[{"untuned": text} for _ in said],
    )


def hostile_tags_run(folder: Path) -> Path:
    """Words and types of entities that try to be more than text."""
    tags = [f"B-{attack}" for attack in ATTACKS]
    references = [tags, tags[::-1]]
    ours = TagAnswers(references, [tags, tags], ATTACKS)
    return judged_run(
        folder,
        "token_classification",
        ours,
        {"frequent_tag": TagAnswers(references, [["O"] * len(tags)] * 2, ATTACKS)},
        tag_metrics(),
        "span_f1",
        [{"tokens": ATTACKS}] * 2,
    )


def judged_run(
    folder: Path,
    task: str,
    ours: Answers,
    theirs: Mapping[str, Answers],
    metrics: list[Metric[Any]],
    primary: str,
    inputs: Inputs,
    *,
    language: str = "en",
    more: Sequence[Json] = (),
) -> Path:
    """A run folder with answers that are judged as `luthier train` judges them."""
    write_recipe(folder, task, language)
    write_json(folder / "environment.json", environment())
    write_json(folder / "data" / "report.json", data_report({"train": {}, "test": {}}, 900))
    write_lines(folder / "metrics.jsonl", _training(metrics))
    evaluation = evaluation_of(ours, theirs, metrics, primary, language)
    write_json(folder / "evaluation.json", {"split": "test", **evaluation})
    lines = (
        {"id": f"{i:032x}", "input": asked, **ours.record(i), **(more[i] if more else {})}
        for i, asked in enumerate(inputs)
    )
    write_lines(folder / "predictions.jsonl", [json.loads(json.dumps(line)) for line in lines])
    return folder


def evaluation_of(
    ours: Answers,
    theirs: Mapping[str, Answers],
    metrics: list[Metric[Any]],
    primary: str,
    language: Any = "en",
) -> Json:
    """The content of evaluation.json."""

    def measured(answers: Answers) -> Json:
        found = intervals(metrics, answers, seed=7, replicates=100)
        return {name: interval.record() for name, interval in found.items()}

    judge = next(metric for metric in metrics if metric.name() == primary)
    compared = {
        name: compare(judge, ours, one, seed=7, replicates=200)
        for name, one in theirs.items()
        if np.isfinite(judge.value(one))
    }
    choose = max if judge.higher_is_better else min
    best = choose(compared, key=lambda name: judge.value(theirs[name]))
    verdicts = {name: verdict(one, name, language=language) for name, one in compared.items()}
    return {
        "kind": ours.kind,
        "rows": len(ours),
        "metrics": measured(ours),
        "primary": primary,
        "signatures": {m.name(): told for m in metrics if (told := m.signature(ours)) is not None},
        "baselines": {name: measured(one) for name, one in theirs.items()},
        "comparison": {"against": best, **compared[best].record()},
        "verdict": verdicts[best],
        "verdicts": verdicts,
        **summary(ours),
        "truncated": {"rows": 12, "tokens": 3400},
    }


def _training(metrics: list[Metric[Any]]) -> list[Json]:
    """The log, with a validation metric that falls if there is one."""
    names = [metric.name() for metric in metrics if not metric.higher_is_better]
    lines = list(training_log())
    for line in lines:
        if "validation" in line:
            loss = line["validation"]["loss"]
            line["validation"] = {"loss": loss} | {name: 20 * loss for name in names}
    return lines


def _tagged_run(
    folder: Path, sentences: Sequence[tuple[list[str], list[str]]], rows: int, language: str
) -> Path:
    draw = random.Random(6)
    chosen = [sentences[i % len(sentences)] for i in range(rows)]
    types = sorted({tag[2:] for _, tags in chosen for tag in tags if tag != "O"})

    def muddled(tags: list[str], share: float) -> list[str]:
        return [
            draw.choice(["O", f"B-{draw.choice(types)}"]) if draw.random() < share else tag
            for tag in tags
        ]

    def answered(share: float) -> TagAnswers:
        said = [muddled(tags, share) for _, tags in chosen]
        return TagAnswers([tags for _, tags in chosen], said, types)

    return judged_run(
        folder,
        "token_classification",
        answered(0.05),
        {"frequent_tag": answered(0.3)},
        tag_metrics(),
        "span_f1",
        [{"tokens": tokens} for tokens, _ in chosen],
        language=language,
    )


def _spelt(words: str, tags: str, names: Mapping[str, str]) -> tuple[list[str], list[str]]:
    spelt = [tag if tag == "O" else f"{tag[:2]}{names[tag[2:]]}" for tag in tags.split()]
    return words.split(), spelt


def _written(
    references: list[list[str]], said: list[str], nats: float, draw: random.Random
) -> TextAnswers:
    tokens = np.array([len(one[0]) for one in references], float)
    nll = tokens * np.array([draw.uniform(0.6, 1.4) * nats for _ in said])
    numbers = {"nll": nll, "tokens": tokens, "right": np.floor(tokens * np.exp(-nats / 3))}
    return TextAnswers(references, said, numbers)


def _shifted(answers: TextAnswers, by: int) -> list[str]:
    return [*(one[0] for one in answers.references[by:]), *["?"] * by]
