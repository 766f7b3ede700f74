"""Runs of a chat model whose lower layers are frozen, as a user goes."""

import json
from pathlib import Path

import pytest

from luthier.cli.main import main
from tests.tiny import make_model, make_tokenizer

WORDS = ["cheap", "pills", "buy", "now", "win", "money", "free", "offer", "click", "here"]
TEMPLATE = (
    "{% for m in messages %}[CLS]{{ m['content'] }}[SEP]{% endfor %}"
    "{% if add_generation_prompt %}[CLS]{% endif %}"
)
RECIPE = """\
task: {{chat: {{learn: last, max_new_tokens: 2}}}}
data: {{source: {chats}}}
model: {{base: {llama}, max_length: 32}}
adapter: {adapter}
training: {{learning_rate: 1e-2, num_epochs: 2, batch_size: 8, precision: {precision}}}
run: {{folder: {folder}}}
"""


@pytest.fixture(scope="module")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("llama")
    make_model("llama", "AutoModelForCausalLM").save_pretrained(folder)
    tokenizer = make_tokenizer()
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def chats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chats") / "chats.jsonl"
    lines = []
    for number in range(60):
        said = [WORDS[(number * step + step) % len(WORDS)] for step in (1, 3, 7, 9)]
        asked, answer = f"{' '.join(said)} {WORDS[number // 10]}", " ".join(said[::-1])
        roles = [("user", asked), ("assistant", answer)]
        lines.append(json.dumps({"messages": [{"role": r, "content": c} for r, c in roles]}))
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("adapter", ["{lora: {rank: 4, layers: 1}}", "{top_layers: {count: 1}}"])
def test_frozen_layers_are_asked_once_and_the_top_learns(
    adapter: str, precision: str, tmp_path: Path, chats: Path, tiny_llama: Path
) -> None:
    facts = {"chats": chats, "llama": tiny_llama, "folder": tmp_path / "run"}
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE.format(**facts, adapter=adapter, precision=precision), "utf-8")
    assert main(["train", str(recipe)]) == 0
    told = json.loads((tmp_path / "run" / "environment.json").read_text("utf-8"))
    assert told["prefix_cache"]["layers"] > 0
    judged = json.loads((tmp_path / "run" / "evaluation.json").read_text("utf-8"))
    base = judged["baselines"]["untuned"]["perplexity"]["value"]
    assert judged["metrics"]["perplexity"]["value"] < base
