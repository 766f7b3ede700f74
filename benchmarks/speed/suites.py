"""What is measured: the work, who does it in turn, and the least that was promised."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Measure = Literal["speed", "cost", "memory", "share"]
"""`speed`: their seconds over ours; `cost`: ours over theirs; `memory`: our peak over theirs;
`share`: of the machine's bf16 matrix rate, ours alone."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One that does the work.

    Attributes:
        name: in the table.
        program: the function of `ours.py` or `peers.py` that does it.
        options: what it is told besides the recipe; of `ours.py` overrides of the recipe.
        rows: training rows, if they are not those of the item, as a multiple of these.
    """

    name: str
    program: str
    options: Mapping[str, Any] = field(default_factory=dict)
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Goal:
    """The least (or the most) that a measure of the first contender may be beside another's."""

    measure: Measure
    against: str | None
    at_least: float | None = None
    at_most: float | None = None

    def is_met(self, value: float) -> bool:
        """Whether a measured value will do."""
        is_enough = self.at_least is None or value >= self.at_least
        return is_enough and (self.at_most is None or value <= self.at_most)

    def written(self) -> str:
        """The goal for people."""
        ends = [f"at least {self.at_least:g}"] if self.at_least is not None else []
        ends += [f"at most {self.at_most:g}"] if self.at_most is not None else []
        return f"{self.measure} {' and '.join(ends)}"


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of work that contenders do in turn; the first of them is Luthier.

    Attributes:
        name: one word, of folders and of bench.json.
        title: in the table.
        data: banking77, spam-mail or small-talk.
        rows: training rows.
        test_rows: rows that everybody's quality is measured on.
        recipe: task, model, adapter and training, that peers read their settings from as well.
        is_tuned_before: there is a tuned model to predict with.
        is_followed: validation rows are asked after every epoch, on nobody's clock.
    """

    name: str
    title: str
    data: str
    rows: int
    recipe: Mapping[str, Any]
    contenders: tuple[Contender, ...]
    goals: tuple[Goal, ...] = ()
    test_rows: int = 500
    is_tuned_before: bool = False
    is_followed: bool = False


DEFAULTS, BEST = "Trainer, defaults", "Trainer, best settings"
SFT_DEFAULTS, SFT_BEST = "SFTTrainer, defaults", "SFTTrainer, best settings"
FAST: Mapping[str, Any] = MappingProxyType(
    {
        "bf16": True,
        "train_sampling_strategy": "group_by_length",
        "optim": "adamw_torch_fused",
    }
)
OF_OURS = ("ours", "search", "single_trial", "ours_predict")
"""The programs of `ours.py`; all others are of `peers.py`."""
OURS = Contender("Luthier", "ours")
TRAINERS = (Contender(DEFAULTS, "trainer"), Contender(BEST, "trainer", FAST))
SFT_TRAINERS = (
    Contender(SFT_DEFAULTS, "sft_trainer"),
    Contender(SFT_BEST, "sft_trainer", {**FAST, "activation_checkpointing": False}),
)
TOP_TWO = {"top_layers": {"count": 2}}


def classifier(
    adapter: Any, learning_rate: float, num_epochs: int, max_length: int = 64, **training: Any
) -> dict[str, Any]:
    """A recipe for minilm, with the settings that Trainer has by default where none is given."""
    return {
        "task": "text_classification",
        "model": {"base": "catalog:minilm", "max_length": max_length},
        "adapter": adapter,
        "training": _training(learning_rate, num_epochs, 16, **training),
    }


def chat(lora: Mapping[str, Any], num_epochs: int) -> dict[str, Any]:
    """A recipe for smollm2-135m; only the last answer is learned, as trl's completions are.

    One token is written for each test row, because judging a chat model includes its writing.
    """
    return {
        "task": {"chat": {"learn": "last", "max_new_tokens": 1}},
        "model": {"base": "catalog:smollm2-135m", "max_length": 128},
        "adapter": {"lora": {"rank": 16, "alpha": 32, **lora}},
        "training": _training(2e-4, num_epochs, 8),
    }


def _training(learning_rate: float, num_epochs: int, batch: int, **more: Any) -> dict[str, Any]:
    return {
        "learning_rate": learning_rate,
        "num_epochs": num_epochs,
        "batch_size": batch,
        "optimizer": {"adamw": {"weight_decay": 0.0}},
        "schedule": "linear",
        "warmup_steps": 0,
        "save_every": 1_000_000,
        **more,
    }


def overridden(recipe: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe with `key.path: value` put over it; the recipe itself stays as it is."""
    tree: dict[str, Any] = copy.deepcopy(dict(recipe))
    for path, value in options.items():
        *parents, last = path.split(".")
        place = tree
        for part in parents:
            place = place.setdefault(part, {})
        place[last] = value
    return tree


def _beats(defaults: float, best: float, peers: tuple[str, str] = (DEFAULTS, BEST)) -> list[Goal]:
    return [
        Goal("speed", peers[0], at_least=defaults),
        Goal("speed", peers[1], at_least=best),
    ]


def _levers(name: str, title: str, recipe: Mapping[str, Any], *without: Contender) -> Item:
    """One lever after the other left out, beside all of them together."""
    return Item(f"levers-{name}", f"{title}: levers left out", "banking77", 512, recipe,
                (Contender("Luthier, all levers", "ours"), *without))  # fmt: skip


_FULL = classifier("full", 3e-4, 1)
_TOP = classifier(TOP_TWO, 5e-4, 5)
_NO_CACHE = {"training.prefix_cache_gb": 0}

SUITES: Mapping[str, tuple[Item, ...]] = MappingProxyType(
    {
        "full": (
            Item(
                "full-banking77", "minilm, all weights, banking77, 1 epoch", "banking77", 1024,
                _FULL, (OURS, *TRAINERS), (*_beats(4, 1.5), Goal("share", None, at_least=0.35)),
            ),
            Item(
                "full-spam-mail", "minilm, all weights, spam-mail, 1 epoch", "spam-mail", 320,
                classifier("full", 1e-4, 1, max_length=256), (OURS, *TRAINERS),
                (*_beats(4, 1.5), Goal("share", None, at_least=0.35)),
            ),
        ),
        "top": (
            Item(
                "top", "minilm, top 2 layers, banking77, 5 epochs", "banking77", 512,
                _TOP, (OURS, *TRAINERS), tuple(_beats(10, 4)),
            ),
        ),
        "head": (
            Item(
                "head", "minilm, head, banking77, 10 epochs", "banking77", 384,
                classifier("head", 2e-3, 10),
                (OURS, *TRAINERS, Contender("frozen embeddings + scikit-learn", "linear")),
                tuple(_beats(30, 10)),
            ),
        ),
        "target": (
            Item(
                "target", "minilm, all weights, banking77, 6 epochs: time to a metric",
                "banking77", 384, classifier("full", 3e-4, 6), (OURS, *TRAINERS), is_followed=True,
            ),
        ),
        "search": (
            Item(
                "search", "minilm, top 2 layers, banking77, 5 epochs: 20 trials", "banking77", 512,
                _TOP,
                (
                    Contender("Luthier, 20 trials", "search"),
                    Contender("Luthier, 1 uncached run", "single_trial", _NO_CACHE),
                ),
                (Goal("cost", "Luthier, 1 uncached run", at_most=3),),
            ),
        ),
        "chat": (
            Item(
                "chat", "smollm2-135m, LoRA on all linear maps, small-talk, 1 epoch", "small-talk",
                64, chat({}, 1), (OURS, *SFT_TRAINERS),
                (
                    *_beats(6, 2.5, (SFT_DEFAULTS, SFT_BEST)),
                    Goal("memory", SFT_DEFAULTS, at_most=0.5),
                    Goal("memory", SFT_BEST, at_most=0.5),
                ),
                100,
            ),
        ),
        "chat_top": (
            Item(
                "chat_top", "smollm2-135m, LoRA on the top 6 layers, small-talk, 5 epochs",
                "small-talk", 24, chat({"layers": 6}, 5), (OURS, *SFT_TRAINERS),
                tuple(_beats(5, 5, (SFT_DEFAULTS, SFT_BEST))), 100,
            ),
        ),
        "predict": (
            Item(
                "predict", "minilm, prediction of banking77 rows", "banking77", 10_000,
                classifier("full", 3e-4, 1, max_steps=150),
                (
                    Contender("Luthier", "ours_predict"),
                    Contender("pipeline(), defaults", "pipeline_predict"),
                ),
                (Goal("speed", "pipeline(), defaults", at_least=5),),
                is_tuned_before=True,
            ),
        ),
        "scale": (
            Item(
                "scale", "minilm, all weights, banking77: 10 times the rows", "banking77", 400,
                _FULL,
                (
                    Contender("Luthier, 10 n rows", "ours", rows=10),
                    Contender("Luthier, n rows", "ours"),
                ),
                (
                    Goal("cost", "Luthier, n rows", at_least=9, at_most=11),
                    Goal("memory", "Luthier, n rows", at_most=1.1),
                ),
            ),
        ),
        "levers": (
            _levers(
                "full", "minilm, all weights, banking77", _FULL,
                Contender("precision: fp32", "ours", {"training.precision": "fp32"}),
                Contender("precision: bf16", "ours", {"training.precision": "bf16"}),
            ),
            _levers(
                "top", "minilm, top 2 layers, banking77, 5 epochs", _TOP,
                Contender("no prefix cache", "ours", _NO_CACHE),
                Contender("precision: fp32", "ours", {"training.precision": "fp32"}),
            ),
        ),
    }
)  # fmt: skip
"""Suite -> its items. Rows are few, so that all suites with three seeds end within the hour on two
cores; `--rows` gives more, and steadier figures."""
