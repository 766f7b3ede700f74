"""The others' turn, each written as its own documentation writes it."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from datasets import Dataset as Table  # type: ignore[import-untyped]
from peft import LoraConfig, PeftModel
from sklearn.linear_model import LogisticRegression
from transformers import (
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    PreTrainedModel,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
    pipeline,
    set_seed,
)
from transformers.utils import logging

from benchmarks.speed.follow import Follower
from benchmarks.speed.measured import Errand, Measured, Moment, trained
from benchmarks.speed.ours import predicted
from benchmarks.speed.quality import judged_network, judged_probabilities, labels_of, validating

_LINEAR_MAPS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
_EMBEDDED_AT_ONCE = 32


def trainer(errand: Errand) -> Measured:
    """Transformers' Trainer on a classifier, with dynamic padding, as in its tutorial.

    What moves is what moves in Luthier.
    """
    quiet()
    set_seed(errand.seed)
    facts, rows = errand.facts(), list(errand.dataset().rows("train"))
    labels = labels_of(rows)
    tokenizer = AutoTokenizer.from_pretrained(facts["location"])
    length = errand.recipe["model"]["max_length"]
    table = Table.from_list(
        [{"text": row["text"], "label": labels.index(row["label"])} for row in rows]
    ).map(lambda some: tokenizer(some["text"], truncation=True, max_length=length), batched=True)
    model = AutoModelForSequenceClassification.from_pretrained(
        facts["location"], num_labels=len(labels)
    )
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in set(facts["moving"]))
    loop = Trainer(
        model=model,
        args=TrainingArguments(**arguments(errand)),
        train_dataset=table,
        data_collator=DataCollatorWithPadding(tokenizer),
        processing_class=tokenizer,
    )
    return finished(errand, loop)


def sft_trainer(errand: Errand) -> Measured:
    """Trl's SFTTrainer with LoRA; a dialogue is a prompt and a completion, which has the loss."""
    # Seconds to import, and no other peer needs it.
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    quiet()
    set_seed(errand.seed)
    facts, lora = errand.facts(), errand.recipe["adapter"]["lora"]
    dialogues = [row["messages"] for row in errand.dataset().rows("train")]
    table = Table.from_list([{"prompt": one[:-1], "completion": one[-1:]} for one in dialogues])
    top = lora.get("layers")
    loop = SFTTrainer(
        model=facts["location"],
        args=SFTConfig(**arguments(errand), max_length=errand.recipe["model"]["max_length"]),
        train_dataset=table,
        peft_config=LoraConfig(
            r=lora["rank"],
            lora_alpha=lora["alpha"],
            target_modules=_LINEAR_MAPS,
            layers_to_transform=top and list(range(facts["depth"] - top, facts["depth"])),
            task_type="CAUSAL_LM",
        ),
    )
    return finished(errand, loop)


def arguments(errand: Errand) -> dict[str, Any]:
    """What is told to a trainer; whatever is not here is its default."""
    return {
        "output_dir": str(errand.scratch / "run"),
        "per_device_train_batch_size": errand.training("batch_size"),
        "num_train_epochs": errand.training("num_epochs"),
        "learning_rate": errand.training("learning_rate"),
        "seed": errand.seed,
        "use_cpu": not torch.cuda.is_available(),
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        **errand.options,
    }


def finished(errand: Errand, loop: Trainer) -> Measured:
    """Train, save, and only then judge."""
    follower = Follower()
    if "validation" in errand.dataset().splits:
        loop.add_callback(AfterEpoch(follower, validating(errand)))
    start = time.perf_counter()
    told = loop.train()
    seconds = time.perf_counter() - start - follower.paused
    loop.save_model(str(errand.scratch / "model"))
    saved = Moment.now()
    assert isinstance(loop.model, PreTrainedModel | PeftModel)
    metric = judged_network(errand, loop.model)
    assert isinstance(loop.train_dataset, Table)
    tokens = int(sum(len(ids) for ids in loop.train_dataset["input_ids"]))
    notes = {"steps": told.global_step, "tokens_of_an_epoch": tokens}
    found = trained(errand, seconds, saved, metric, notes)
    found.curve = follower.curve(seconds)
    return found


class AfterEpoch(TrainerCallback):
    """Asks the validation rows after every epoch, off the clock."""

    def __init__(self, follower: Follower, ask: Callable[[Any], float]):
        self._follower, self._ask = follower, ask

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any
    ) -> None:
        """An epoch is over."""
        self._follower.take(lambda: self._ask(more["model"]))
        more["model"].train()


def linear(errand: Errand) -> Measured:
    """SetFit's second half: mean-pooled embeddings of a frozen body, and a logistic regression."""
    quiet()
    facts, dataset = errand.facts(), errand.dataset()
    tokenizer = AutoTokenizer.from_pretrained(facts["location"])
    model = AutoModel.from_pretrained(facts["location"]).eval()
    length = errand.recipe["model"]["max_length"]
    rows = list(dataset.rows("train"))
    start = time.perf_counter()
    features = _embedded([row["text"] for row in rows], tokenizer, model, length)
    head = LogisticRegression().fit(features, [row["label"] for row in rows])
    seconds = time.perf_counter() - start
    saved = Moment.now()
    tests = _embedded([row["text"] for row in dataset.rows("test")], tokenizer, model, length)
    assert head.classes_.tolist() == labels_of(rows)
    metric = judged_probabilities(errand, head.predict_proba(tests).astype(np.float32))
    found = trained(errand, seconds, saved, metric, {})
    found.rows = len(rows)
    found.tokens, found.flops = facts["tokens"], None
    return found


def _embedded(texts: list[str], tokenizer: Any, model: Any, length: int) -> Any:
    """(N, H), each scaled to length one; texts of like length together."""
    order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
    found = np.empty((len(texts), model.config.hidden_size), np.float32)
    for start in range(0, len(order), _EMBEDDED_AT_ONCE):
        numbers = order[start : start + _EMBEDDED_AT_ONCE]
        batch = tokenizer(
            [texts[number] for number in numbers],
            padding=True,
            truncation=True,
            max_length=length,
            return_tensors="pt",
        )
        with torch.inference_mode():
            hidden = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        found[numbers] = torch.nn.functional.normalize(mean).numpy()
    return found


def pipeline_predict(errand: Errand) -> Measured:
    """All training rows answered by a pipeline with its defaults, from the same weights."""
    quiet()
    answer = pipeline("text-classification", model=str(errand.stock / "tuned" / "model"))
    texts = [row["text"] for row in errand.dataset().rows("train")]
    start = time.perf_counter()
    labels = [str(found["label"]) for found in answer(texts)]
    return predicted(errand, time.perf_counter() - start, labels)


def quiet() -> None:
    """No bars and no advice."""
    logging.set_verbosity_error()
    logging.disable_progress_bar()
