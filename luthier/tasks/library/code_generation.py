"""Write Python that passes its tests, which are run in a sandbox or not at all."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, final

import numpy as np
from pydantic import BeforeValidator, Field
from transformers import PreTrainedConfig, PreTrainedTokenizerBase

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.core.sandbox import Sandbox
from luthier.models.generate import Decoding
from luthier.scoring.answers import Answers, Floats, TextAnswers
from luthier.scoring.code_execution import program_of
from luthier.scoring.written_program import ending, written_program
from luthier.tasks.encoded import Encoded, EncodedBatch
from luthier.tasks.generation import Writing
from luthier.tasks.task import Asked, Outputs
from luthier.tasks.writing_options import ChatTemplate, NewTokens

_LINES = "def f(x):\n    if x:\n        return x\n"
Count = Annotated[int, Field(ge=1, le=1000)]


def _as_tuple(written: Any) -> Any:
    return (written,) if isinstance(written, int) else written


@final
class CodeGeneration(Writing):
    """Programs, of which pass@k tells how many do what their tests ask for (Chen et al. 2021).

    A prompt is either the head of a function, which `entry_point` names and `completion` ends, or a
    sentence, and then `completion` is the whole program. A model without a chat template goes on
    where the prompt ends; white space there is its to write, since tokenizers join it with what
    follows. A model that chats learns to write the whole program, in a block of Markdown.
    """

    shapes: ClassVar[tuple[tuple[str, ...], ...]] = (("prompt", "tests", "completion"),)
    baselines: ClassVar[tuple[str, ...]] = ("untuned",)

    def __init__(
        self,
        *,
        k: Annotated[
            tuple[Count, ...],
            BeforeValidator(_as_tuple),
            Field(min_length=1, description="tries one of which has to pass; the smallest decides"),
        ] = (1,),
        num_samples: Annotated[
            Count | None, Field(description="programs written for each row; else the largest k")
        ] = None,
        temperature: Annotated[
            float | None,
            Field(ge=0, description="of sampling; else 0 for one program a row, 0.8 for several"),
        ] = None,
        max_new_tokens: NewTokens = 256,
        chat_template: ChatTemplate = "auto",
        seconds: Annotated[
            float, Field(gt=0, le=3600, description="that a program may run, with its tests")
        ] = 5.0,
        memory_mb: Annotated[
            int, Field(ge=64, description="MiB that each of its processes may take")
        ] = 512,
        instruction: Annotated[str, Field(description="written before every prompt")] = "",
    ):
        samples = max(k) if num_samples is None else num_samples
        if samples < max(k):
            raise UserError(
                f"task.code_generation.num_samples: {samples} programs a row tell nothing of "
                f"pass@{max(k)}. Set it to {max(k)} at least."
            )
        if temperature is None:
            temperature = 0.0 if samples == 1 else 0.8
        decoding = Decoding(max_new_tokens, temperature=temperature, num_samples=samples)
        super().__init__(decoding, chat_template, instruction=instruction)
        self._k = sorted(set(k))
        self._limits: Mapping[str, Any] = {"seconds": seconds, "memory_mb": memory_mb}
        self._sandbox: Sandbox | None = None

    def learn(self, train: Iterable[Row]) -> None:
        """Make sure that programs can be run here.

        Raises:
            UserError: there is no sandbox.
        """
        self._open_sandbox()

    def suit(self, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase) -> str:
        """A model that writes, line breaks and indentation included.

        Raises:
            UserError: an encoder, or a tokenizer such as T5's, which knows no line breaks.
        """
        auto_class = super().suit(config, tokenizer)
        ids = tokenizer(_LINES, add_special_tokens=False)["input_ids"]
        if str(tokenizer.decode(ids)).strip() != _LINES.strip():
            raise UserError(
                f"model.base: the tokenizer of this {config.model_type} model loses line breaks or "
                "indentation, so it cannot write Python. Choose a model that was trained on code, "
                "or a decoder such as catalog:smollm2-135m."
            )
        return auto_class

    def encode(
        self, rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> EncodedBatch:
        """Prompt and answer as tokens; rows with tests need a sandbox, before anything is written.

        Raises:
            UserError: there is no sandbox, rows with a solution have no tests, or the chat template
                refuses rows.
        """
        unjudged = [row for row in rows if row.get("completion") and not row.get("tests")]
        if unjudged:
            raise UserError(
                f"{len(unjudged):,} of {len(rows):,} rows have a solution but no `tests` (the "
                f"first is {unjudged[0].id[:8]}), so nothing tells whether programs for them are "
                "right. Leave them out, or use the task text_generation, which runs none."
            )
        if any(row.get("tests") for row in rows):
            self._open_sandbox()
        return super().encode(rows, tokenizer, max_length)

    def prompt_of(self, row: Row) -> str:
        """The prompt, without the white space at its end."""
        return str(row["prompt"]).rstrip()

    def references_of(self, row: Row) -> list[str]:
        """The solution, as the model is to write it."""
        if row.get("completion") is None:
            return []
        prompt, solution, entry_point = row["prompt"], row["completion"], row.get("entry_point")
        if self._is_chat:
            if "```" in solution:
                return [solution]
            return [f"```python\n{program_of(prompt, solution, entry_point).rstrip()}\n```"]
        line_break = "" if entry_point else "\n"
        return [(ending(prompt) or line_break) + solution]

    def reply(self, asked: Asked, encoded: Encoded) -> Sequence[list[str]]:
        """All programs that the model writes for each row, to the letter."""
        return self.written(asked, encoded)

    def answers(
        self,
        outputs: Outputs,
        replies: Sequence[Any] | None,
        encoded: Encoded,
        rows: Iterable[Row],
    ) -> Answers:
        """The first program of each row, and how many of all passed; rows without tests: NaN.

        Raises:
            UserError: the sandbox does not start.
        """
        if replies is None:
            return super().answers(outputs, None, encoded, rows)
        asked = list(rows)
        found = super().answers(outputs, [samples[0] for samples in replies], encoded, asked)
        assert isinstance(found, TextAnswers)
        samples, passed = self._run(asked, replies)
        return replace(found, numbers={**found.numbers, "samples": samples, "passed": passed})

    def _run(self, rows: Sequence[Row], replies: Sequence[Sequence[str]]) -> tuple[Floats, Floats]:
        """How many programs each row has that is tested, and how many of them passed: (N,) each."""
        tested = [i for i, row in enumerate(rows) if row.get("tests")]
        tasks = [
            (written_program(row["prompt"], answer, row.get("entry_point")), row["tests"])
            for row, answers in ((rows[i], replies[i]) for i in tested)
            for answer in answers
        ]
        samples, passed = np.full((2, len(rows)), np.nan)
        if tasks:
            outcomes = self._open_sandbox().run_many(
                tasks, workers=os.cpu_count() or 1, **self._limits
            )
            per_row = np.reshape([outcome.passed for outcome in outcomes], (len(tested), -1))
            samples[tested], passed[tested] = per_row.shape[1], per_row.sum(axis=1)
        return samples, passed

    def _open_sandbox(self) -> Sandbox:
        if self._sandbox is None:
            self._sandbox = Sandbox.find()
        return self._sandbox

    @property
    def judged_by(self) -> Sequence[Any]:
        """pass@k for each k, the smallest first."""
        return [{"pass_at_k": {"k": k}} for k in self._k]
