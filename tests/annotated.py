"""Annotation projects of every kind of question, for the tests of their page."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from luthier.core.records import Row
from luthier.data.annotation.project import Project

GUIDELINES = """# What counts as spam
Mail that **nobody asked for**.

<script>document.title = "hacked"</script> [guide](https://example.org) [bad](javascript:alert(1))

| Mail | Label |
|---|---|
| You won! | spam |
"""
HOSTILE = '<script>document.title="hacked"</script><img src=x onerror="document.title=\'hacked\'">'
TEXTS = (
    "Congratulations! You have won a cruise.",
    "Hi Anna, the minutes are attached.",
    "自然语言处理是人工智能的重要方向。" * 12,
    HOSTILE,
    "مرحبا Bill, mixed: שלום 😀 👨‍👩‍👧 𠮷野家",
    "Lunch at noon?",
)
KINDS: dict[str, dict[str, Any]] = {
    "classes": {"labels": ["spam", "ham", "not sure"]},
    "label_sets": {"labels": ["politics", "sport", "文化"]},
    "spans": {"labels": ["PER", "ORG", "LOC"]},
    "relations": {"labels": ["PER", "ORG"], "relation_labels": ["founded", "born in"]},
    "rating": {"low": 1, "high": 5},
    "preference": {},
    "free_answer": {},
}


def rows_for(kind: str) -> list[Row]:
    """Six rows that such a question can be asked about."""
    if kind == "preference":
        return [
            Row({"prompt": f"Question {n}", "chosen": f"Good {n} 😀", "rejected": f"Bad {n}"})
            for n in range(6)
        ]
    if kind == "free_answer":
        turns = [{"role": "user", "content": "Where is my parcel?"}]
        asked = [Row({"prompt": f"Say {n}"}) for n in range(4)]
        passage = {"context": "Marie Curie was born in Warsaw.", "question": "Where?"}
        return [*asked, Row({"messages": turns}), Row(passage)]
    if kind in ("spans", "relations"):
        return [Row({"text": f"😀 Bill Gates founded Microsoft {n}."}) for n in range(6)]
    return [Row({"text": text}) for text in TEXTS]


def ids_of(project: Project) -> list[str]:
    """The ids of all items, in their order."""
    return [row.id for _, row in project.rows()]


def project(folder: Path, kind: str = "classes", rows: Iterable[Row] = (), **more: Any) -> Project:
    """A new project, its items in the order of its rows."""
    settings = {"title": "Spam or not?", "guidelines": GUIDELINES, "order": "given", **more}
    chosen = {kind: KINDS[kind]}
    return Project.create(folder / "project", list(rows) or rows_for(kind), chosen, **settings)
