import json
from typing import Any

import pytest

from luthier.data.parsing.class_names import class_names, named

CLASS = {"names": ["ham", "spam"], "_type": "ClassLabel"}


def metadata(features: Any) -> dict[bytes, bytes]:
    return {b"huggingface": json.dumps({"info": {"features": features}}).encode()}


@pytest.mark.parametrize(
    "feature", [CLASS, {"feature": CLASS, "_type": "List"}, [CLASS]], ids=["one", "list", "old"]
)
def test_names_of_classes_are_found_alone_and_in_lists(feature: Any) -> None:
    assert class_names(metadata({"label": feature})) == {"label": ["ham", "spam"]}


@pytest.mark.parametrize(
    "features",
    [{"a": {"_type": "Value"}}, {"a": 3}, [1], None, {"a": {"_type": "ClassLabel", "names": [1]}}],
)
def test_other_metadata_names_nothing(features: Any) -> None:
    assert class_names(metadata(features)) == {}


@pytest.mark.parametrize("raw", [b"{", b"3", b'{"info": 3}'])
def test_broken_metadata_names_nothing(raw: bytes) -> None:
    assert class_names({b"huggingface": raw}) == {}


def test_ids_become_names_and_unknown_ids_none() -> None:
    assert named([0, 1, -1, 2], ["ham", "spam"]) == ["ham", "spam", None, None]
