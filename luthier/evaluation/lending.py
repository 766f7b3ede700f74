"""Models for the data layer, which loads none itself: they write rows, and judge them."""

# What loads torch is imported where it is needed: most recipes lend no model.

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from luthier.core.config import MENUS, Recipe, read_recipe
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.core.registry import Choice
from luthier.data.lent import Answers, Embeds, Judges, Measures, Writes, Writing

if TYPE_CHECKING:
    from luthier.evaluation.predict import Model


@final
class Lender:
    """Opens models by what a recipe calls them, on this machine."""

    def writer(self, model: str, writing: Writing) -> Writes:
        """A run of a writing task, or any pretrained model that writes.

        Raises:
            UserError: there is no such model, or it writes nothing.
        """
        return Writer(model, writing)

    def judge(self, run: str) -> Judges:
        """The predictions of a run.

        Raises:
            UserError: there is no such run, or it has no model yet.
        """
        from luthier.evaluation.predict import load

        model = load(run)
        return lambda rows: [found["prediction"] for found in model.predict(rows)]

    def perplexity(self, model: str) -> Measures:
        """The perplexity of texts under a pretrained model.

        Raises:
            UserError: there is no such model, or it does not continue texts.
        """
        from luthier.evaluation.text_measures import Perplexity

        return Perplexity(model)

    def probability(self, run: str, labels: Sequence[str]) -> Measures:
        """The probability of labels by the classifier of a run.

        Raises:
            UserError: there is no such run, it classifies no texts, or has no such label.
        """
        from luthier.evaluation.text_measures import Probability

        return Probability(run, labels)

    def vectors(self, model: str, max_length: int) -> Embeds:
        """Mean vectors by a pretrained model.

        Raises:
            UserError: there is no such model.
        """
        from luthier.evaluation.mean_vectors import MeanVectors

        return MeanVectors(model, max_length)

    def answer_losses(self, model: str) -> Answers:
        """How surprising a pretrained model finds answers.

        Raises:
            UserError: there is no such model, or it does not continue texts.
        """
        from luthier.evaluation.answer_losses import AnswerLosses

        return AnswerLosses(model)

    def counter(self, model: str) -> Callable[[Sequence[str]], list[int]]:
        """How many tokens a model cuts texts into.

        Raises:
            UserError: there is no such model.
        """
        from luthier.models.load import load_tokenizer, locate

        tokenizer = load_tokenizer(locate(model))

        def count(texts: Sequence[str]) -> list[int]:
            tokens = tokenizer(list(texts), return_attention_mask=False, verbose=False)
            return [len(ids) for ids in tokens["input_ids"]]

        return count


@final
class Writer:
    """A model of this machine that answers prompts.

    Raises:
        UserError: see `Lender.writer`.
    """

    def __init__(self, model: str, writing: Writing):
        self._model = _opened(model, writing)
        self._field = self._model.task.asked[-1][0]
        self._writing = writing

    @property
    def identity(self) -> str:
        """A hash of weights, tokenizer, task and of how it writes."""
        import torch
        from xxhash import xxh3_128

        network = self._model.network
        backend: Any = getattr(self._model.tokenizer, "backend_tokenizer", None)
        told = [
            network.config.to_dict(),
            self._model.tokenizer.chat_template,
            None if backend is None else backend.to_str(),
            vars(self._model.task),
            self._model.max_length,
            self._model.precision.name,
            self._writing.temperature,
        ]
        digest = xxh3_128(json.dumps(told, sort_keys=True, default=repr).encode())
        for parameter in network.parameters():
            bits = parameter.detach().cpu().contiguous().view(-1).view(torch.uint8)
            digest.update(bits.numpy().data)
        return digest.hexdigest()

    def __call__(self, prompts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """One text for each prompt; what is drawn is a function of the prompt and its own seed."""
        from luthier.tasks.task import Asked

        model = self._model
        rows = [Row({self._field: prompt}) for prompt in prompts]
        encoded = model.encode(rows)
        model.network.eval()
        asked = Asked(
            model.network,
            model.tokenizer,
            model.max_length,
            model.precision.autocast,
            model.seed,
            seeds,
        )
        replies = model.task.reply(asked, encoded)
        assert replies is not None
        return list(replies)


def _opened(name: str, writing: Writing) -> "Model":
    """A run's own model and task, or a pretrained model with the task that suits its kind."""
    from luthier.core.runs import Run
    from luthier.evaluation.predict import assemble, recipe_of
    from luthier.models.load import load_config, locate
    from luthier.tasks.generation import Writing as WritingTask

    folder = Path(name).expanduser()
    if (folder / "recipe.yaml").exists():
        run = Run.open(folder)
        if not run.model.is_dir():
            raise UserError(f"{run.folder}: has no model yet. Finish it: `luthier train --resume`.")
        recipe, location = recipe_of(run), str(run.model)
    else:
        location = locate(name)
        recipe = _recipe_for(name, load_config(location))
    task = MENUS["task"].build(_told_to_write(recipe.task, writing))
    if not isinstance(task, WritingTask):
        raise UserError(
            f"{name}: its task is {Choice.parse(recipe.task).name}, so it writes no text. Name a "
            "run of chat, text_generation, translation or summarization, or a pretrained model."
        )
    task.restore(load_config(location))
    return assemble(recipe, task, location)


def _told_to_write(task: Any, writing: Writing) -> dict[str, Any]:
    """The task with its own options, but for how it writes."""
    choice = Choice.parse(task)
    known = MENUS["task"].schema(choice.name).model_fields
    how = {"temperature": writing.temperature, "max_new_tokens": writing.max_new_tokens}
    if writing.temperature > 0:
        how["num_beams"] = 1
    own = {name: value for name, value in how.items() if name in known}
    return {choice.name: {**choice.options, **own}}


def _recipe_for(name: str, config: Any) -> Recipe:
    from luthier.models.kind import kind_of

    length = getattr(config, "max_position_embeddings", None)
    room = min(length, 2048) // 2 if isinstance(length, int) else 512
    task = "translation" if kind_of(config) == "encoder_decoder" else "chat"
    model = {"base": name, "max_length": max(8, room)}
    return read_recipe({"task": task, "data": {"source": "none"}, "model": model})
