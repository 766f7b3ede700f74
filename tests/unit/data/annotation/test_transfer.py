"""Answers go to other tools' files and come back, and damaged files are told with their places."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.annotation.project import Project
from luthier.data.annotation.transfer import (
    export_answers,
    import_answers,
    labels_of,
    read_file,
)

TEXT = "Bill 在北京工作 😀 for Acme."
MESSAGES = [{"role": "user", "content": "Hi"}]
SPANS = [
    {"start": 0, "end": 4, "label": "PER"},
    {"start": 6, "end": 8, "label": "LOC"},
    {"start": 17, "end": 21, "label": "ORG"},
]
LABELS = ["PER", "LOC", "ORG"]
CASES: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "classes": ({"classes": {"labels": LABELS}}, {"text": TEXT}, {"label": "LOC"}),
    "label_sets": (
        {"label_sets": {"labels": LABELS}},
        {"text": TEXT},
        {"labels": ["PER", "ORG"]},
    ),
    "spans": ({"spans": {"labels": LABELS}}, {"text": TEXT}, {"spans": SPANS}),
    "relations": (
        {"relations": {"labels": LABELS, "relation_labels": ["in", "for"]}},
        {"text": TEXT},
        {
            "spans": SPANS,
            "relations": [
                {"head": 0, "tail": 1, "label": "in"},
                {"head": 0, "tail": 2, "label": "for"},
            ],
        },
    ),
    "rating": ("rating", {"text": TEXT}, {"score": 4}),
    "preference": (
        "preference",
        {"prompt": "Hi", "chosen": "Hello", "rejected": "Go"},
        {"preferred": "B"},
    ),
    "tie": (
        "preference",
        {"prompt": MESSAGES, "chosen": MESSAGES, "rejected": [*MESSAGES, *MESSAGES]},
        {"preferred": "tie"},
    ),
    "free_answer": ("free_answer", {"text": TEXT}, {"text": "One\ntwo 三"}),
}
SHARED = [HealthCheck.function_scoped_fixture]  # each file is written anew
ABLE = {
    "label_studio": list(CASES),
    "jsonl": list(CASES),
    "doccano": ["classes", "label_sets", "spans", "relations", "free_answer"],
    "conll": ["spans"],
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Project]:
    def made(case: str, name: str, *rows: Row) -> Project:
        kind, fields, _ = CASES[case]
        return Project.create(tmp_path / name, rows or [Row(fields)], kind)

    return made


def only_id(project: Project) -> str:
    ((_, row),) = project.rows()
    return row.id


@pytest.mark.parametrize(
    ("format", "case"), [(format, case) for format, cases in ABLE.items() for case in cases]
)
def test_an_answer_goes_out_and_comes_back(
    make: Callable[..., Project], tmp_path: Path, format: str, case: str
) -> None:
    value = CASES[case][2]
    with make(case, "a") as project:
        project.add_answers([("ann", only_id(project), value)])
        assert export_answers(project, tmp_path / "out", format) == 1
    # jsonl, json and conll files alike are found by what they hold, whatever they are called.
    with make(case, "b") as project:
        assert import_answers(project, tmp_path / "out", format) == 1
        (answer,) = project.answers()
    assert answer.value == value
    assert answer.by == ("ann" if format in ("label_studio", "jsonl") else format)


@pytest.mark.parametrize(("format", "able"), ABLE.items())
def test_a_format_that_cannot_hold_a_kind_says_so(
    make: Callable[..., Project], tmp_path: Path, format: str, able: list[str]
) -> None:
    for case in CASES.keys() - set(able):
        with (
            make(case, f"{format}-{case}") as project,
            pytest.raises(UserError, match=f"{format} files hold no"),
        ):
            export_answers(project, tmp_path / "out", format)


MARKED = st.builds(
    lambda pieces: (
        " ".join(text for text, _ in pieces),
        [
            (start, start + len(text), label)
            for (text, label), start in zip(
                pieces,
                [sum(len(t) + 1 for t, _ in pieces[:i]) for i in range(len(pieces))],
                strict=True,
            )
            if label
        ],
    ),
    st.lists(
        st.tuples(
            st.text(st.sampled_from("ab工é😀.'"), min_size=1, max_size=5),
            st.sampled_from(["", *LABELS]),
        ),
        min_size=1,
        max_size=6,
    ),
)


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(marked=MARKED, format=st.sampled_from(sorted(ABLE)))
def test_spans_come_back_to_the_character(
    tmp_path_factory: pytest.TempPathFactory, marked: Any, format: str
) -> None:
    folder = tmp_path_factory.mktemp("spans")
    text, spans = marked
    row = Row({"text": text})
    value = {"spans": [{"start": a, "end": b, "label": c} for a, b, c in spans]}
    for name in ("a", "b"):
        Project.create(folder / name, [row], CASES["spans"][0]).close()
    with Project.open(folder / "a") as project:
        project.add_answers([("ann", row.id, value)])
        export_answers(project, folder / "out", format)
    with Project.open(folder / "b") as project:
        import_answers(project, folder / "out", format)
        found = [answer.value for answer in project.answers()]
    # To doccano a text without spans is one that nobody has looked at yet.
    assert found == ([] if format == "doccano" and not spans else [value])


@pytest.mark.parametrize("format", ["label_studio", "doccano", "jsonl"])
def test_text_that_was_not_utf8_goes_out_and_comes_back(
    make: Callable[..., Project], tmp_path: Path, format: str
) -> None:
    with make("classes", "p", Row({"text": "caf\udce9"})) as project:
        project.add_answers([("ann", only_id(project), {"label": "PER"})])
        export_answers(project, tmp_path / "out", format)
        assert import_answers(project, tmp_path / "out", format) == (format == "doccano")


def test_a_token_that_would_end_in_conll_is_told(
    make: Callable[..., Project], tmp_path: Path
) -> None:
    row = Row({"tokens": ["New York", "ok"]})
    with make("spans", "p", row) as project:
        project.add_answers([("ann", row.id, {"spans": []})])
        with pytest.raises(UserError, match="Write jsonl"):
            export_answers(project, tmp_path / "out", "conll")
    assert not (tmp_path / "out").exists()


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


@pytest.mark.parametrize(
    "line",
    [
        {"text": "Bill ran", "label": [[0, 4, "PER"]]},
        {"text": "Bill ran", "labels": [[0, 4, "PER"]]},
        {"data": "Bill ran", "entities": [{"start_offset": 0, "end_offset": 4, "label": "PER"}]},
        {
            "text": "Bill ran",
            "annotations": [{"start_offset": 0, "end_offset": 4, "label": "PER", "user": 1}],
        },
    ],
)
def test_spans_of_every_version_of_doccano_are_read(tmp_path: Path, line: Any) -> None:
    (item,) = read_file(lines(tmp_path / "x.jsonl", line), "doccano", "spans")
    assert item.answers[0][1] == {"spans": [{"start": 0, "end": 4, "label": "PER"}]}


@pytest.mark.parametrize("line", [{"label": "spam"}, {"labels": ["spam"]}, {"label": ["spam"]}])
def test_labels_of_every_version_of_doccano_are_read(tmp_path: Path, line: Any) -> None:
    path = lines(tmp_path / "x.jsonl", {"text": "x", **line})
    (item,) = read_file(path, "doccano", "classes")
    assert item.answers == [("doccano", {"label": "spam"})]


def task(result: list[Any], **annotation: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "data": {"text": "a 😀 Bill"},
        "annotations": [{"id": 1, "completed_by": 3, "result": result, **annotation}],
    }


def region(start: int, end: int, text: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": text, "labels": ["PER"]}
    return {"id": "r", "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def read_tasks(tmp_path: Path, kind: str, *tasks: Any) -> list[Any]:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    return [item.answers for item in read_file(path, "label_studio", kind)]


@pytest.mark.parametrize("place", [(4, 8), (5, 9)])
def test_label_studios_offsets_are_read_in_characters_and_in_utf16(
    tmp_path: Path, place: tuple[int, int]
) -> None:
    (answers,) = read_tasks(tmp_path, "spans", task([region(*place, "Bill")]))
    assert answers == [("user 3", {"spans": [{"start": 4, "end": 8, "label": "PER"}]})]


def test_a_cancelled_annotation_of_label_studio_is_no_answer(tmp_path: Path) -> None:
    assert read_tasks(tmp_path, "spans", task([], was_cancelled=True)) == [[]]


def test_nothing_marked_in_label_studio_is_an_answer(tmp_path: Path) -> None:
    assert read_tasks(tmp_path, "spans", task([])) == [[("user 3", {"spans": []})]]


def test_a_relation_of_label_studio_that_points_left_is_turned(tmp_path: Path) -> None:
    regions = [{**region(0, 1, "a"), "id": "p"}, {**region(4, 8, "Bill"), "id": "q"}]
    pointer = {
        "type": "relation",
        "from_id": "p",
        "to_id": "q",
        "direction": "left",
        "labels": ["knows"],
    }
    ((answer,),) = read_tasks(tmp_path, "relations", task([*regions, pointer]))
    assert answer[1]["relations"] == [{"head": 1, "tail": 0, "label": "knows"}]


def test_labels_of_a_file_are_found(tmp_path: Path) -> None:
    path = lines(tmp_path / "x", {"text": "Bill", "label": [[0, 4, "PER"], [0, 1, "A"]]})
    assert labels_of(read_file(path, "doccano", "spans")) == (["A", "PER"], [])


def test_answers_find_rows_whose_white_space_differs(
    make: Callable[..., Project], tmp_path: Path
) -> None:
    path = lines(tmp_path / "x.jsonl", {"text": "Bill  ran\nhome", "label": [[5, 9, "PER"]]})
    path.write_text(json.dumps({"text": "Bill  ran\nhome", "label": [[6, 9, "PER"]]}))
    with make("spans", "p", Row({"text": " Bill ran home "})) as project:
        import_answers(project, path, "doccano")
        (answer,) = project.answers()
    assert answer.value == {"spans": [{"start": 6, "end": 9, "label": "PER"}]}


def test_a_text_that_is_not_in_the_project_is_told(
    make: Callable[..., Project], tmp_path: Path
) -> None:
    path = lines(tmp_path / "x.jsonl", {"text": "unknown", "label": "PER"})
    with (
        make("classes", "p") as project,
        pytest.raises(UserError, match=r"not in the project in .*x\.jsonl:1"),
    ):
        import_answers(project, path, "doccano")


def test_all_wrong_answers_of_a_file_are_told_at_once(
    make: Callable[..., Project], tmp_path: Path
) -> None:
    rows = [{"text": TEXT, "label": label} for label in ("PER", "PRE", "QQQ")]
    path = lines(tmp_path / "x.jsonl", *rows)
    with make("classes", "p") as project:
        with pytest.raises(UserError, match=r"PRE.*x\.jsonl:2.*QQQ.*x\.jsonl:3"):
            import_answers(project, path, "doccano")
        assert project.progress().answers == 0


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                name: JSON
                | st.lists(
                    st.dictionaries(
                        st.sampled_from(
                            [
                                "start_offset",
                                "end_offset",
                                "label",
                                "result",
                                "value",
                                "by",
                                "user",
                                "id",
                            ]
                        ),
                        JSON,
                    ),
                    max_size=2,
                )
                for name in ("text", "data", "label", "entities", "relations", "annotations", "id")
            }
            | {"answers": JSON, "meta": JSON},
        ),
        min_size=1,
        max_size=3,
    ),
    format=st.sampled_from(["label_studio", "doccano", "jsonl"]),
    kind=st.sampled_from(sorted(CASES.keys() - {"tie"})),
)
def test_hostile_files_are_told_in_a_sentence(
    tmp_path: Path, rows: list[Any], format: str, kind: str
) -> None:
    path = tmp_path / ("x.json" if format == "label_studio" else "x.jsonl")
    if format == "label_studio":
        path.write_text(json.dumps(rows))
    else:
        lines(path, *rows)
    try:
        labels_of(read_file(path, format, kind))
    except UserError as error:
        assert str(error)  # noqa: PT017  # both outcomes are right; a traceback is not
