"""Write what a text says, in fewer words."""

from typing import Annotated, Any, ClassVar, final

from pydantic import Field

from luthier.core.records import Row
from luthier.models.generate import Decoding
from luthier.tasks.generation import Writing
from luthier.tasks.writing_options import Beams, ChatTemplate, Deciding, NewTokens, Temperature


@final
class Summarization(Writing):
    """Summaries, judged by ROUGE; a document that is too long loses its end, never its summary."""

    shapes: ClassVar[tuple[tuple[str, ...], ...]] = (("prompt", "completion"),)
    baselines: ClassVar[tuple[str, ...]] = ("untuned", "lead")
    wanted: ClassVar[tuple[Any, ...]] = (
        {"rouge": {"kind": "rougeL"}},
        {"rouge": {"kind": "rouge1"}},
        {"rouge": {"kind": "rouge2"}},
    )
    document: ClassVar[str | None] = "prompt"

    def __init__(
        self,
        *,
        instruction: Annotated[str, Field(description="written before the text")] = "Summarize:\n",
        max_new_tokens: NewTokens = 128,
        num_beams: Beams = 1,
        temperature: Temperature = 0.0,
        chat_template: ChatTemplate = "auto",
        metric: Deciding = None,
    ):
        decoding = Decoding(max_new_tokens, num_beams, temperature)
        super().__init__(decoding, chat_template, metric, instruction=instruction)

    def prompt_of(self, row: Row) -> str:
        """The document."""
        return str(row["prompt"])

    def references_of(self, row: Row) -> list[str]:
        """The summary."""
        return [row["completion"]] if row.get("completion") is not None else []
