import json

import pytest

from luthier.annotating.opening import Asking, exchange, folder_of, ids_in, open_project
from luthier.core.errors import UserError
from luthier.data.annotation.suspects import NAME, Suspect, write_suspects
from tests import annotated

CSV = "text,label\n" + "".join(f"Text {n},{'ham' if n % 2 else 'spam'}\n" for n in range(6))


@pytest.fixture
def asking(tmp_path):
    (tmp_path / "mails.csv").write_text(CSV)

    def ask(**more):
        return Asking(
            **{"source": str(tmp_path / "mails.csv"), "task": "text_classification"} | more
        )

    return ask


def test_a_project_is_made_beside_its_source_with_the_labels_of_the_rows(asking, tmp_path):
    with open_project(asking()) as project:
        assert project.folder == tmp_path / "mails-annotations"
        assert sorted(project.kind.labels) == ["ham", "spam"]


def test_labels_keep_the_order_of_their_keys(asking):
    with open_project(asking(labels=("spam", "ham", "other"))) as project:
        assert list(project.kind.labels) == ["spam", "ham", "other"]


def test_a_project_is_opened_again_with_all_answers(asking):
    with open_project(asking()) as project:
        project.join("Anna")
        project.answer("Anna", project.next("Anna").id, {"label": "spam"})
    with open_project(asking(task=None)) as project:
        assert len(project.answers()) == 1


def test_a_project_can_be_named_itself(asking):
    with open_project(asking()) as project:
        folder = project.folder
    assert folder_of(Asking(source=str(folder))) == folder


def test_without_a_task_no_project_is_made(asking):
    with pytest.raises(UserError, match=r"no project is there yet\. Say what to ask with --task"):
        open_project(asking(task=None))


def test_labels_of_a_project_that_is_there_cannot_be_changed(asking):
    open_project(asking()).close()
    with pytest.raises(UserError, match="which --labels cannot change any more"):
        open_project(asking(labels=("a", "b")))
    open_project(asking()).close()  # and it was not left locked


def test_guidelines_may_be_revised_between_two_starts(asking, tmp_path):
    file = tmp_path / "guide.md"
    for text in ("one", "two", "two"):
        file.write_text(text)
        with open_project(asking(guidelines=file)) as project:
            assert project.guidelines == text
    assert len(project.settings.guidelines) == 2


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"])
def test_guidelines_that_cannot_be_read_are_refused(asking, tmp_path, content):
    file = tmp_path / "guide.md"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UserError, match=r"^--guidelines: .*guide.md"):
        open_project(asking(guidelines=file))


def test_only_the_items_of_a_list_are_asked_about_in_its_order(asking, tmp_path):
    with open_project(asking()) as project:
        first, _, third, *_ = annotated.ids_of(project)
    (tmp_path / "list.txt").write_text(f"{third}\n\n{json.dumps({'id': first, 'score': 0.1})}\n")
    with open_project(asking(only=str(tmp_path / "list.txt"))) as project:
        project.join("Anna")
        assert project.progress().items == 2
        assert project.next("Anna").id == third


@pytest.mark.parametrize("line", ['{"name": "b"}', '{"id": 3}', '{"id": '])
def test_a_line_that_is_no_id_is_told_with_its_number(line, tmp_path):
    (tmp_path / "list.jsonl").write_text(f'{{"id": "a"}}\n{line}\n')
    with pytest.raises(UserError, match=r"list\.jsonl, line 2: "):
        ids_in(tmp_path / "list.jsonl")


def test_suspected_rows_have_to_be_found_first(asking):
    with pytest.raises(UserError, match=r"nothing is suspected of .* yet\. Run `luthier audit"):
        open_project(asking(only="suspected"))


def test_suspected_rows_are_found_where_an_audit_writes_them(asking, tmp_path):
    with open_project(asking()) as project:
        worst = annotated.ids_of(project)[3]
    (tmp_path / "mails-audit").mkdir()
    write_suspects(tmp_path / "mails-audit" / NAME, [Suspect(worst, 0.9, "label error")])
    with open_project(asking(only="suspected")) as project:
        project.join("Anna")
        assert project.next("Anna").id == worst
        assert project.next("Anna").suggestion is None


def test_answers_go_out_to_a_file_and_come_in_again(asking, tmp_path):
    with open_project(asking()) as project:
        project.join("Anna")
        project.answer("Anna", project.next("Anna").id, {"label": "spam"})
        # The page may stay open meanwhile.
        done = exchange(asking(), None, tmp_path / "out.jsonl")
    assert done["exported"] == 6
    other = asking(output=tmp_path / "other")
    assert exchange(other, tmp_path / "out.jsonl", None)["imported"] == 1
    with open_project(other) as project:
        assert [answer.by for answer in project.answers()] == ["Anna"]


def test_the_format_of_a_file_is_told_by_its_name(asking, tmp_path):
    open_project(asking()).close()
    exchange(asking(), None, tmp_path / "out.json")
    assert isinstance(json.loads((tmp_path / "out.json").read_text()), list)
