import pytest

from luthier.scoring.metrics.chrf import Chrf


@pytest.mark.parametrize(("word_order", "name"), [(0, "chrf"), (2, "chrf++")])
def test_its_name_tells_the_words_in_it(word_order, name):
    assert Chrf(word_order=word_order).name() == name
