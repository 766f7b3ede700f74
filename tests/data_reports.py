"""Contents of data/report.json, made up, and text that tries to be more than text."""

from typing import Any

Json = dict[str, Any]

SPAM = "WIN a FREE cruise!!! Reply with your card number to claim the prize before midnight."
ATTACKS = [
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title = 'owned'\">",
    "\"'><svg onload=document.title='owned'>",
    "</title></style></svg><style>body{display:none}</style>",
    "{{ 7 * 7 }} {% raw %} %(name)s %s ${7*7}",
    "right\u202eto left\u2066\u0000\u001b[31m",
    "long" * 60,
    "中文" * 40,
    "👩\u200d👩\u200d👧\u200d👦 \ud83d lone",
    "| a | [x](javascript:alert(1)) **b** `c`\n# d",
    "items",
]


def data_report(counts: Json, rows: int, *, labelled: bool = False) -> Json:
    """The content of data/report.json for splits with these label counts."""
    edges = [0, 16, 32, 64, 96, 128, 160, 192, 224, 256, 320, 384, 512]
    heights = [0.01, 0.05, 0.16, 0.2, 0.17, 0.12, 0.09, 0.07, 0.05, 0.04, 0.025, 0.015]
    sizes = {name: sum(split.values()) or rows // len(counts) for name, split in counts.items()}
    cut = round(rows * 0.08)
    return {
        "source": ["catalog:spam-mail"],
        "recognised": "a text and its label, from the columns `text` and `label`.",
        "rows": rows,
        "splits": {name: {"rows": size} for name, size in sizes.items()},
        "labels": {"field": "label", "counts": counts, "case_variants": [["Spam", "spam"]]}
        if labelled
        else None,
        "conflicts": {
            "texts": 3,
            "rows": 7,
            "examples": [{"text": "Unsubscribe me from this list.", "labels": ["ham", "spam"]}],
        },
        "lengths": {
            "unit": "tokens",
            "max_length": 256,
            "percentiles": {"p5": 28, "p25": 71, "p50": 113, "p75": 178, "p95": 311, "p99": 432}
            | {"max": 509},
            "histogram": {"edges": edges, "counts": [round(rows * h) for h in heights]},
            "truncated": {
                "rows": cut,
                "rows_share": cut / rows,
                "tokens": cut * 70,
                "tokens_share": 0.041,
            },
        },
        "duplicates": {
            "within": {name: {"exact": 0, "near": 4} for name in counts},
            "across": [{"splits": ["train", "test"], "exact": 0, "near": 0}],
        },
        "steps": _steps(rows),
        "augment": [],
        "languages": {"rows": rows, "counts": {"en": rows - 9, "unknown": 9}, "missing": None},
        "quality": {"rows": rows, "measures": _measures(rows)},
        "samples": [
            {"label": "spam", "texts": [{"characters": len(SPAM), "text": SPAM}]},
            {"label": None, "texts": [{"characters": 3, "text": "Hi."}]},
        ],
        "groups": _groups(),
        "personal": {"rows": 3, "kinds": {"mail addresses": 4}},
        "topics": _topics(),
        "origins": [_origin("catalog:spam-mail", "PDDL-1.0", "a package"), _origin("mine.csv")],
        "repeat": {"data": {"source": ["catalog:spam-mail"]}, "run": {"seed": 7}},
        "warnings": ["2 labels are written in more than one way: Spam, spam."],
        "faults": [],
    }


def _measures(rows: int) -> Json:
    histogram = {"edges": [0.0, 0.1, 0.5, 1.0], "counts": [rows - 9, 6, 3]}
    one = {"median": 0.01, "p95": 0.2, "limit": 0.3, "histogram": histogram}
    return {"symbols": one, "word_length": one | {"median": 4.2, "limit": None}}


def _groups() -> Json:
    largest = [
        {"rows": 4, "splits": {"train": 4}, "labels": {"ham": 1, "spam": 3}, "texts": [SPAM]}
    ]
    sizes = [{"from": 2, "to": 2, "groups": 0}, {"from": 4, "to": 5, "groups": 1}]
    found = {"groups": 1, "rows": 4, "across_splits": 0, "across_labels": 1}
    return found | {"sizes": sizes, "largest": largest}


def _topics() -> Json:
    points = [
        {"x": n / 9, "y": n % 2, "cluster": n % 2, "split": "train", "label": label, "text": SPAM}
        for n, label in enumerate(["spam", "ham", None, "spam"])
    ]
    cluster = {"x": 0.5, "y": 0.5, "rows": 2, "labels": {"spam": 2}, "typical": [SPAM]}
    clusters = [cluster | {"name": "win · prize"}, cluster | {"name": ""}]
    return {
        "model": None,
        "rows": 4,
        "labels": ["spam", "ham"],
        "clusters": clusters,
        "points": points,
    }


def _origin(source: str, licence: str = "unknown", package: str | None = None) -> Json:
    told = {"source": source, "licence": licence, "package": package}
    return told | {"languages": [], "hub": None}


def _steps(rows: int) -> list[Json]:
    first = round(rows * 1.12)
    second = round(rows * 1.05)
    return [
        {
            "name": "fix_encoding",
            "rows_in": first,
            "rows_out": first,
            "changed": 214,
            "dropped": {},
            "notes": {"read as windows-1252": 201, "read as big5": 13},
            "examples": [{"before": "Itâ€™s your cafÃ©", "after": "It’s your café"}],
        },
        {
            "name": "drop_duplicates",
            "rows_in": first,
            "rows_out": second,
            "changed": 0,
            "dropped": {"repeats an earlier row": first - second},
            "notes": {},
            "examples": [{"before": SPAM, "after": None}],
        },
        {
            "name": "drop_near_duplicates",
            "rows_in": second,
            "rows_out": rows,
            "changed": 0,
            "dropped": {"nearly repeats an earlier row": second - rows},
            "notes": {},
            "examples": [{"before": SPAM.lower() * 6, "after": None}],
        },
    ]
