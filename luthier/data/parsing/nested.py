"""Objects of a file that hold several rows, or one inside: SQuAD's articles, exported chats ..."""

from collections.abc import Iterator
from typing import Any

from luthier.data.parsing.chat_exports import conversations_in, is_export
from luthier.data.parsing.squad_tree import is_article, questions_of


def rows_in(value: Any) -> Iterator[Any]:
    """The rows that one value of a JSON file holds: mostly it is one itself.

    An article of SQuAD's gives a row for each question; a task of Self-Instruct's one for each of
    its `instances` of `input` and `output`; an exported chat one, or none if nobody answered.

    Raises:
        ValueError: an article is not laid out like SQuAD's.
    """
    if is_article(value):
        return questions_of(value)
    if is_export(value):
        return conversations_in(value)
    if _is_task(value):
        shared = {key: content for key, content in value.items() if key != "instances"}
        return ({**shared, **instance} for instance in value["instances"])
    return iter((value,))


def _is_task(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("instruction"), str):
        return False
    instances = value.get("instances")
    return (
        isinstance(instances, list)
        and bool(instances)
        and all(isinstance(each, dict) and "output" in each for each in instances)
    )
