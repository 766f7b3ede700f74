import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from luthier.core.records import Row
from luthier.evaluation.bag_of_words import words
from luthier.evaluation.baselines import nearest
from luthier.evaluation.baselines.nearest import Nearest, _Neighbours
from tests.questions import question
from tests.tiny import save_tiny

KNOWN = [
    *("open the window please", "where are the keys", "it is raining today", "the keys are here"),
    *("天气很好", "我丢了钥匙", "please close the window", ""),
]


@pytest.mark.parametrize(
    ("asked", "known"), [("the window please", 0), ("where?", 1), ("钥匙在哪里", 5), ("RAINING", 2)]
)
def test_the_text_with_the_most_telling_words_in_common_is_nearest(asked, known):
    assert _Neighbours(KNOWN).of([asked]).tolist() == [known]


@pytest.mark.parametrize("block", [1, 3, 2048])
def test_blocks_do_not_matter(block, monkeypatch):
    monkeypatch.setattr(nearest, "_BLOCK", block)
    assert _Neighbours(KNOWN).of(KNOWN).tolist() == [*range(7), 0]


def test_it_is_the_cosine_of_scikit_learns_tf_idf():
    generator = np.random.default_rng(0)
    texts = [" ".join(generator.choice([*"abcdefghij"], 6)) for _ in range(120)]
    vectorizer = TfidfVectorizer(
        sublinear_tf=True, ngram_range=(1, 2), tokenizer=words, token_pattern=None
    )
    known, asked = texts[:90], texts[90:]
    likeness = cosine_similarity(
        vectorizer.fit(known).transform(asked), vectorizer.transform(known)
    )
    found = _Neighbours(known).of(asked)
    np.testing.assert_allclose(likeness[np.arange(30), found], likeness.max(axis=1), atol=1e-9)


def test_of_equally_near_texts_the_first_is_taken():
    assert _Neighbours(["a b", "x", "a b"]).of(["a b"]).tolist() == [0]


def test_the_answer_is_that_of_the_nearest_training_row(tmp_path):
    rows = [Row({"prompt": prompt, "completion": f"answer {i}"}) for i, prompt in enumerate(KNOWN)]
    asked = [
        Row({"prompt": "the window", "completion": "?"}),
        Row({"prompt": "天气", "completion": "?"}),
    ]
    base = save_tiny(tmp_path / "gpt2", "gpt2")
    found = Nearest().answers(question("translation", rows, base, asked=asked))
    assert found.predictions == ["answer 0", "answer 4"]
    assert found.references == [["?"], ["?"]]


def test_a_training_row_without_an_answer_is_no_neighbour(tmp_path):
    said = {"role": "user", "content": "the window"}
    rows = [
        Row({"messages": [said]}),
        Row({"messages": [said, {"role": "assistant", "content": "yes"}]}),
    ]
    base = save_tiny(tmp_path / "gpt2", "gpt2")
    found = Nearest().answers(question("chat", rows, base, asked=rows[1:]))
    assert found.predictions == ["yes"]
