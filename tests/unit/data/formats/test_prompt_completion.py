import pytest

from luthier.data.formats.prompt_completion import PromptCompletion


@pytest.mark.parametrize(
    ("prompt", "completion"),
    [("prompt", "completion"), ("Question", "Answer"), ("input", "target"), ("问题", "回答")],
)
def test_both_texts_are_read_by_many_names(prompt: str, completion: str) -> None:
    row = {prompt: "a", completion: "b"}
    found = PromptCompletion().recognise([row])
    assert found is not None
    assert PromptCompletion().read(row, found.columns) == {"prompt": "a", "completion": "b"}


def test_a_second_candidate_is_remarked_on() -> None:
    found = PromptCompletion().recognise([{"question": "a", "answer": "b", "output": "c"}])
    assert found is not None
    assert "`output` could be the completion too" in found.remark


def test_a_completion_that_is_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="`answer` is a number instead of text"):
        PromptCompletion().read({"q": "a", "answer": 3}, {"prompt": "q", "completion": "answer"})
