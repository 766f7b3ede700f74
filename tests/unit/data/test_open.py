import json
from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.core.registry import Choice
from luthier.data.open import open_source, read_rows
from luthier.data.sources.catalog import Catalog
from luthier.data.sources.file import File
from luthier.data.sources.folder import Folder


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mails.csv").write_text("Category,Message,thread\nham,Hi,1\nspam,Win,2\n")


def test_a_path_is_a_file_or_a_folder() -> None:
    assert isinstance(open_source("mails.csv"), File)
    assert isinstance(open_source("."), Folder)


def test_a_prefix_names_the_source_and_what_follows_is_its_first_option() -> None:
    source = open_source("catalog:spam-mail")
    assert isinstance(source, Catalog)
    assert source.name == "spam-mail"


@pytest.mark.parametrize("written", [{"file": {"path": "a.tsv", "header": False}}])
def test_a_choice_is_built_with_its_options(written: dict[str, dict[str, object]]) -> None:
    for form in (written, Choice.parse(written)):
        source = open_source(form)
        assert isinstance(source, File)
        assert (source.path, source.header) == ("a.tsv", False)


def test_an_unknown_prefix_is_refused_with_what_there_is() -> None:
    with pytest.raises(UserError, match=r"ftp:owner/name: .*no source `ftp` yet\..*Name a file"):
        open_source("ftp:owner/name")


def test_a_file_whose_name_has_a_colon_is_a_file() -> None:
    Path("hub:a.csv").write_text("text\na\n")
    assert isinstance(open_source("hub:a.csv"), File)


def test_rows_have_canonical_fields_and_their_places() -> None:
    reading = read_rows(["mails.csv"])
    assert [(dict(row.fields), place) for row, place in reading.rows_with_places()] == [
        ({"text": "Hi", "label": "ham"}, "mails.csv:2"),
        ({"text": "Win", "label": "spam"}, "mails.csv:3"),
    ]
    assert (reading.format, reading.fields) == ("text_label", ("text", "label"))
    assert reading.sentences == [
        "Recognised text + label in mails.csv: text from `Message`, label from `Category`."
    ]


def test_rows_can_be_read_as_often_as_needed() -> None:
    reading = read_rows(["mails.csv"])
    assert list(reading.rows()) == list(reading.rows()) != []


def test_kept_columns_are_carried_along() -> None:
    row = next(read_rows(["mails.csv"], keep=["thread"]).rows())
    assert dict(row.fields) == {"text": "Hi", "label": "ham", "thread": "1"}


def test_a_kept_column_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"no column `tread`\. Did you mean `thread`"):
        read_rows(["mails.csv"], keep=["tread"])


def test_a_kept_column_that_would_hide_a_field_is_refused() -> None:
    Path("a.csv").write_text("text,body,label\na,b,c\n")
    with pytest.raises(UserError, match="the column `text` cannot be kept"):
        read_rows(["a.csv"], columns={"text": "body"}, keep=["text"])


def test_several_sources_are_read_one_after_another() -> None:
    Path("more.jsonl").write_text('{"text": "Bye", "label": "ham"}\n')
    reading = read_rows(["mails.csv", "more.jsonl"])
    assert [row["text"] for row in reading.rows()] == ["Hi", "Win", "Bye"]
    assert len(reading.sentences) == 2


def test_conversations_of_different_formats_can_be_mixed() -> None:
    alpaca = {"instruction": "Hi", "output": "Hello"}
    sharegpt = {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Yo"}]}
    Path("a.jsonl").write_text(json.dumps(alpaca))
    Path("b.jsonl").write_text(json.dumps(sharegpt))
    rows = list(read_rows(["a.jsonl", "b.jsonl"]).rows())
    assert [set(row.fields) for row in rows] == [{"messages"}, {"messages"}]


@pytest.mark.parametrize(
    "other", ['{"prompt": "a", "completion": "b"}', '{"text": "a", "label": 1}']
)
def test_sources_of_different_shapes_are_refused(other: str) -> None:
    Path("b.jsonl").write_text(other)
    with pytest.raises(UserError, match=r"b\.jsonl has another shape than mails\.csv"):
        read_rows(["mails.csv", "b.jsonl"])


def test_no_source_at_all_is_refused() -> None:
    with pytest.raises(UserError, match="No source of rows is named"):
        read_rows([])


def test_rows_without_label_are_all_told_with_their_lines() -> None:
    lines = ["text,label", *(f"mail {n}," for n in range(13)), "mail,ham", "mail, "]
    Path("a.csv").write_text("\n".join(lines) + "\n")
    with pytest.raises(UserError) as caught:
        list(read_rows(["a.csv"]).rows())
    said = str(caught.value)
    assert said.startswith("label is empty in a.csv:2, a.csv:3, ")
    assert "and 4 more: fill in what is empty" in said


def test_a_label_that_is_not_a_number_in_json_is_missing() -> None:
    Path("a.jsonl").write_text('{"text": "a", "label": NaN}\n')
    with pytest.raises(UserError, match=r"label is empty in a\.jsonl:1"):
        list(read_rows(["a.jsonl"]).rows())


def test_different_mistakes_are_told_at_once() -> None:
    lines = ['{"text": "a", "label": 1}', '{"text": 3, "label": 1}', '{"label": 1}']
    Path("a.jsonl").write_text("\n".join(lines))
    with pytest.raises(UserError) as caught:
        list(read_rows(["a.jsonl"]).rows())
    assert "`text` is a number instead of text in a.jsonl:2; no `text` in a.jsonl:3" in str(
        caught.value
    )


def test_mistakes_in_rows_and_a_file_that_breaks_off_are_told_together() -> None:
    good = '{"text": "a", "label": "ham"}'
    lines = [*([good] * 150), '{"text": "b", "label": null}', '{"text": "b", "lab']
    Path("a.jsonl").write_text("\n".join(lines))
    with pytest.raises(UserError, match=r"label is empty in a\.jsonl:151") as caught:
        list(read_rows(["a.jsonl"]).rows())
    assert "broken JSON" in str(caught.value)
    assert "a.jsonl:152" in str(caught.value)


def test_after_the_first_mistake_no_more_rows_are_given() -> None:
    Path("a.csv").write_text("text,label\na,x\nb,\nc,y\n")
    rows = read_rows(["a.csv"]).rows()
    assert next(rows)["text"] == "a"
    with pytest.raises(UserError, match="label is empty"):
        next(rows)


def test_columns_by_number_settle_that_there_is_no_header() -> None:
    Path("a.tsv").write_text("good morning\t早上好\nthanks\t谢谢\n")
    reading = read_rows(["a.tsv"], columns={"prompt": "1", "completion": "2"})
    assert [row["prompt"] for row in reading.rows()] == ["good morning", "thanks"]


def test_columns_by_number_of_a_header_of_numbers_are_its_own() -> None:
    Path("a.csv").write_text("0,1\nHi,ham\n")
    reading = read_rows(["a.csv"], columns={"text": "0", "label": "1"})
    assert [row["text"] for row in reading.rows()] == ["Hi"]


def test_only_the_rows_that_are_asked_for_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.jsonl").write_text('{"text": "a"}\n' * 200_000 + "broken")
    reading = read_rows(["a.jsonl"])
    assert next(reading.rows())["text"] == "a"


def test_what_had_to_be_decided_is_told_before_what_was_recognised() -> None:
    Path("a.dat").write_text("text,label\na,b\n")
    sentences = read_rows(["a.dat"]).sentences
    assert sentences[0] == "Read a.dat as csv, judging by its content."
    assert sentences[1].startswith("Recognised text + label in a.dat")


def test_rows_that_are_equal_have_one_identity_wherever_they_came_from() -> None:
    Path("a.jsonl").write_text('{"label": "ham", "id": 7, "text": "Hi"}\n')
    first = next(read_rows(["mails.csv"]).rows())
    assert next(read_rows(["a.jsonl"]).rows()).id == first.id
