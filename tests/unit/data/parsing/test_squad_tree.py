from typing import Any

import pytest

from luthier.data.parsing.squad_tree import questions_of


def test_each_question_carries_its_context_and_title() -> None:
    article = {
        "title": "t",
        "paragraphs": [{"context": "c", "qas": [{"id": "1", "question": "q", "answers": []}]}],
    }
    assert list(questions_of(article)) == [
        {"title": "t", "context": "c", "id": "1", "question": "q", "answers": []}
    ]


@pytest.mark.parametrize(
    "paragraph", [{"qas": []}, {"context": "c"}, {"context": "c", "qas": ["q"]}, "c"]
)
def test_a_paragraph_that_lacks_something_is_refused(paragraph: Any) -> None:
    with pytest.raises(ValueError, match=r"^a (paragraph|question)"):
        list(questions_of({"paragraphs": [paragraph]}))
