"""SQuAD's nested layout (articles, paragraphs, questions) as one row per question."""

from collections.abc import Iterator
from typing import Any


def is_article(value: Any) -> bool:
    """Whether this is one element of SQuAD's `data`."""
    return isinstance(value, dict) and isinstance(value.get("paragraphs"), list)


def questions_of(article: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The questions of an article, each with its paragraph as `context`.

    Raises:
        ValueError: a paragraph without `context`, or without a list of questions `qas`.
    """
    for paragraph in article["paragraphs"]:
        if not isinstance(paragraph, dict) or "context" not in paragraph:
            raise ValueError("a paragraph without `context`")
        questions = paragraph.get("qas")
        if not isinstance(questions, list):
            raise ValueError("a paragraph without its list of questions `qas`")
        for question in questions:
            if not isinstance(question, dict):
                raise ValueError("a question that is no object")
            shared = {"title": article.get("title"), "context": paragraph["context"]}
            yield {**shared, **question}
