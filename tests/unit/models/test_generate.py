"""An answer is that of the model, whatever else is in the batch, and ends where it should."""

import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from transformers import GenerationConfig

from luthier.core.errors import UserError
from luthier.models import generate as module
from luthier.models.generate import Decoding, Generated, generate, stop_ids
from tests import chat_templates as kinds
from tests.chat_templates import make_chat_tokenizer
from tests.tiny import DECODERS, ENCODER_DECODERS, make_model, pretrained_class, tokenizer_of

GENERATORS = (*DECODERS, *ENCODER_DECODERS)
GREEDY = Decoding(max_new_tokens=8)
WAYS = {
    "greedy": GREEDY,
    "beam": Decoding(max_new_tokens=8, num_beams=3),
    "penalty": Decoding(max_new_tokens=8, repetition_penalty=1.5),
    "draw": Decoding(max_new_tokens=8, temperature=1.0, top_p=0.9, num_samples=2),
}
PEFT = ("lora", "prompt", "p_tuning", "prefix")


def make(family: str) -> Any:
    return make_model(family, pretrained_class(family))


@cache
def made(family: str) -> Any:
    return make(family)


def with_peft(family: str, name: str) -> Any:
    import peft

    kind: Any = "CAUSAL_LM" if family in DECODERS else "SEQ_2_SEQ_LM"
    configs = {
        "lora": peft.LoraConfig(
            task_type=kind, target_modules="all-linear", init_lora_weights=False
        ),
        "prompt": peft.PromptTuningConfig(task_type=kind, num_virtual_tokens=4),
        "p_tuning": peft.PromptEncoderConfig(
            task_type=kind, num_virtual_tokens=4, encoder_hidden_size=16
        ),
        "prefix": peft.PrefixTuningConfig(task_type=kind, num_virtual_tokens=4),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PEFT's, of its own making
        network = peft.get_peft_model(make(family), configs[name])
    torch.manual_seed(0)
    for parameter in network.parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.3)
    return network


def some_prompts(family: str, count: int = 5, longest: int = 30) -> list[list[int]]:
    random = np.random.default_rng(0)
    highest = len(tokenizer_of(family))
    lengths = random.integers(1, longest, count)
    return [random.integers(8, highest, int(length)).tolist() for length in lengths]


def parts(
    network: Any, family: str, prompts: Sequence[Sequence[int]], decoding: Decoding, **options: Any
) -> list[Generated]:
    given = {"seed": 3, "autocast": nullcontext, "tokenizer": tokenizer_of(family)} | options
    return list(generate(network, given.pop("tokenizer"), prompts, decoding, **given))


def answers(*arguments: Any, **options: Any) -> dict[int, list[list[int]]]:
    found = parts(*arguments, **options)
    return {row: a for part in found for row, a in zip(part.rows, part.answers, strict=True)}


def step_by_step(network: Any, family: str, prompt: list[int], new: int) -> list[int]:
    """Greedy decoding by its definition: a whole forward pass for each token."""
    stops = stop_ids(network, tokenizer_of(family))
    is_decoder = family in DECODERS
    said: list[int] = []
    while len(said) < new:
        read = [*prompt, *said] if is_decoder else prompt
        inputs = {"input_ids": torch.tensor([read]), "attention_mask": torch.ones(1, len(read))}
        if not is_decoder:
            start = network.config.decoder_start_token_id
            inputs["decoder_input_ids"] = torch.tensor([[start, *said]])
        with torch.no_grad():
            token = int(network(**inputs).logits[0, -1].argmax())
        if token in stops:
            break
        said.append(token)
    return said


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("family", GENERATORS)
def test_a_prompt_is_answered_in_a_batch_as_alone(family: str, way: Decoding) -> None:
    prompts = some_prompts(family)
    together = answers(made(family), family, prompts, way)
    for row, prompt in enumerate(prompts):
        assert answers(made(family), family, [prompt], way, first=row)[row] == together[row]


@pytest.mark.parametrize("family", GENERATORS)
def test_greedy_decoding_takes_the_likeliest_token_each_time(family: str) -> None:
    prompts = some_prompts(family)
    found = answers(made(family), family, prompts, GREEDY)
    for row, prompt in enumerate(prompts):
        assert found[row] == [step_by_step(made(family), family, prompt, 8)]


@pytest.mark.parametrize("name", PEFT)
@pytest.mark.parametrize("family", ["gpt2", "llama", "t5", "bart"])
def test_a_model_inside_peft_answers_step_by_step_too(family: str, name: str) -> None:
    network, prompts = with_peft(family, name), some_prompts(family)
    found = answers(network, family, prompts, GREEDY)
    network.eval()
    for row, prompt in enumerate(prompts):
        assert found[row] == [step_by_step(network, family, prompt, 8)]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("name", PEFT)
def test_a_model_inside_peft_answers_in_a_batch_as_alone(name: str, way: Decoding) -> None:
    network, prompts = with_peft("llama", name), some_prompts("llama", count=4)
    together = answers(network, "llama", prompts, way)
    for row, prompt in enumerate(prompts):
        assert answers(network, "llama", [prompt], way, first=row)[row] == together[row]


def test_prompts_that_come_in_parts_are_answered_as_in_one() -> None:
    prompts, way = some_prompts("llama"), WAYS["draw"]
    whole = answers(made("llama"), "llama", prompts, way)
    first = answers(made("llama"), "llama", prompts[:3], way)
    rest = answers(made("llama"), "llama", prompts[3:], way, first=3)
    assert first | rest == whole


def test_another_seed_answers_otherwise() -> None:
    prompts, way = some_prompts("llama"), WAYS["draw"]
    assert answers(made("llama"), "llama", prompts, way) != answers(
        made("llama"), "llama", prompts, way, seed=4
    )


def test_as_many_answers_are_drawn_as_asked_for() -> None:
    found = answers(made("llama"), "llama", some_prompts("llama"), WAYS["draw"])
    assert {len(samples) for samples in found.values()} == {2}


def test_the_longest_prompts_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOKENS", 50)
    prompts = some_prompts("llama")
    found = parts(made("llama"), "llama", prompts, GREEDY)
    order = [len(prompts[row]) for part in found for row in part.rows]
    assert len(found) > 1
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_batch_keeps_to_the_budget(way: Decoding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOKENS", 300)
    prompts = some_prompts("llama", count=30)
    found = parts(made("llama"), "llama", prompts, way)
    assert sorted(row for part in found for row in part.rows) == list(range(30))
    for part in found:
        width = max(len(prompts[row]) for row in part.rows) + 8
        assert len(part.rows) == 1 or (
            width * len(part.rows) * way.num_samples * way.num_beams <= 300
        )


def test_no_prompts_get_no_answers() -> None:
    assert parts(made("llama"), "llama", [], GREEDY) == []


@pytest.mark.parametrize("family", GENERATORS)
def test_an_answer_ends_before_a_token_that_stops(family: str) -> None:
    network, prompt = make(family), some_prompts(family)[3]
    (whole,) = answers(network, family, [prompt], GREEDY)[0]
    stop = whole[4]
    network.generation_config.eos_token_id = [stop, network.generation_config.eos_token_id]
    assert answers(network, family, [prompt], GREEDY)[0] == [whole[: whole.index(stop)]]


def test_the_tokenizers_end_of_text_stops() -> None:
    prompt, tokenizer = some_prompts("llama")[3], tokenizer_of("llama")
    (whole,) = answers(made("llama"), "llama", [prompt], GREEDY)[0]
    tokenizer.eos_token = tokenizer.convert_ids_to_tokens(whole[2])
    (cut,) = answers(made("llama"), "llama", [prompt], GREEDY, tokenizer=tokenizer)[0]
    assert cut == whole[: whole.index(whole[2])]


def test_the_end_of_turn_of_the_chat_template_stops() -> None:
    tokenizer = make_chat_tokenizer(kinds.PHI)
    network = make_model("llama", "AutoModelForCausalLM", eos_token_id=300)
    expected = {300, *tokenizer.convert_tokens_to_ids(["<|end|>", "</s>"])}
    assert stop_ids(network, tokenizer) == expected


def read_by(network: Any, family: str, prompts: Sequence[Sequence[int]], way: Decoding) -> Any:
    """The tokens the model is given, and which of them it may see."""
    given: dict[str, torch.Tensor] = {}

    def spy(**inputs: Any) -> torch.Tensor:
        given.update(inputs)
        return type(network).generate(network, **inputs)

    network.generate = spy
    (part,) = parts(network, family, prompts, way)
    return given["input_ids"].tolist(), given["attention_mask"].tolist(), part.cut


def test_a_decoder_keeps_the_start_of_text_and_the_end_of_a_prompt_that_is_too_long() -> None:
    bos, long = tokenizer_of("llama").bos_token_id, list(range(20, 120))
    ids, _, cut = read_by(make("llama"), "llama", [[bos, *long]], GREEDY)
    assert (ids, cut) == ([[bos, *long[-55:]]], 1)


def test_a_decoder_without_start_of_text_keeps_the_end_only() -> None:
    long = list(range(20, 120))
    assert read_by(make("llama"), "llama", [long], GREEDY)[0] == [long[-56:]]


def test_an_encoder_keeps_the_start_and_the_last_token_of_an_input_that_is_too_long() -> None:
    long = list(range(20, 120))
    ids, _, cut = read_by(make("bart"), "bart", [[*long, 2]], GREEDY)
    assert (ids, cut) == ([[*long[:63], 2]], 1)


def test_a_decoder_is_padded_left_with_a_token_of_the_prompt() -> None:
    ids, mask, _ = read_by(make("llama"), "llama", [[21, 22, 23], [24]], GREEDY)
    assert ids == [[21, 22, 23], [24, 24, 24]]
    assert mask == [[1, 1, 1], [0, 0, 1]]


def test_an_encoder_is_padded_right() -> None:
    pad = tokenizer_of("t5").pad_token_id
    ids, mask, _ = read_by(make("t5"), "t5", [[21, 22, 23], [24]], GREEDY)
    assert ids == [[21, 22, 23], [24, pad, pad]]
    assert mask == [[1, 1, 1], [1, 0, 0]]


def test_virtual_tokens_take_their_room() -> None:
    network, long = with_peft("gpt2", "prompt"), list(range(20, 120))
    (part,) = parts(network, "gpt2", [long], GREEDY)
    assert part.answers == parts(network, "gpt2", [long[-(64 - 8 - 4) :]], GREEDY)[0].answers


def test_a_model_of_relative_positions_reads_any_length() -> None:
    assert parts(made("t5"), "t5", [[*range(20, 220), 1]], GREEDY)[0].cut == 0


@pytest.mark.parametrize("family", ["llama", "gpt2", "bart"])
def test_answers_that_fit_no_model_are_refused(family: str) -> None:
    with pytest.raises(UserError, match="max_new_tokens: 64, but the model has no more than 64"):
        parts(made(family), family, [[20]], Decoding(max_new_tokens=64))


def test_the_models_own_way_of_decoding_is_not_heeded(capfd: pytest.CaptureFixture[str]) -> None:
    network, prompts = make("llama"), some_prompts("llama")
    plain = answers(network, "llama", prompts, GREEDY)
    network.generation_config = GenerationConfig(
        do_sample=True,
        temperature=0.6,
        top_p=0.5,
        min_new_tokens=7,
        max_length=5,
        no_repeat_ngram_size=2,
        repetition_penalty=3.0,
        eos_token_id=network.generation_config.eos_token_id,
    )
    assert answers(network, "llama", prompts, GREEDY) == plain
    assert capfd.readouterr().err == ""


def test_tokens_the_model_may_not_say_are_not_said() -> None:
    network, prompt = make("llama"), some_prompts("llama")[3]
    (whole,) = answers(network, "llama", [prompt], GREEDY)[0]
    network.generation_config.suppress_tokens = [whole[0]]
    assert whole[0] not in answers(network, "llama", [prompt], GREEDY)[0][0]


def test_the_network_is_between_batches_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TOKENS", 50)
    network = make("llama")
    network.train()
    network.model.layers[0].eval()
    modes = [m.training for m in network.modules()]
    settings = network.generation_config
    for _ in generate(
        network, tokenizer_of("llama"), some_prompts("llama"), GREEDY, seed=0, autocast=nullcontext
    ):
        assert [m.training for m in network.modules()] == modes
        assert network.generation_config is settings
        assert torch.is_grad_enabled()


def test_dropout_is_off_while_it_answers() -> None:
    network = make_model("gpt2", "AutoModelForCausalLM", resid_pdrop=0.9, attn_pdrop=0.9)
    quiet = answers(network.eval(), "gpt2", some_prompts("gpt2"), GREEDY)
    assert answers(network.train(), "gpt2", some_prompts("gpt2"), GREEDY) == quiet


@pytest.mark.parametrize("family", GENERATORS)
def test_a_model_can_be_trained_on_after_it_answered(family: str) -> None:
    network, prompts = make(family), some_prompts(family)
    parts(network, family, prompts, GREEDY)
    network.train()
    ids = torch.tensor([prompts[3]])
    network(input_ids=ids, labels=ids).loss.backward()
    assert all(p.grad is not None for p in network.parameters())


def test_it_answers_under_autocast() -> None:
    found = answers(
        made("llama"),
        "llama",
        some_prompts("llama"),
        GREEDY,
        autocast=lambda: torch.autocast("cpu", torch.bfloat16),
    )
    assert len(found) == 5
