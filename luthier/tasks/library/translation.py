"""Write in one language what a text says in another."""

from typing import Annotated, Any, ClassVar, final

from pydantic import Field

from luthier.core.records import Row
from luthier.models.generate import Decoding
from luthier.tasks.generation import Writing
from luthier.tasks.writing_options import Beams, ChatTemplate, Deciding, NewTokens, Temperature


@final
class Translation(Writing):
    """Translations, judged by chrF, BLEU and TER as sacrebleu computes them.

    chrF decides: it counts characters, so that it needs no words and moves where BLEU stays at 0
    (Popovic, 2015).
    """

    shapes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("prompt", "completion"),
        ("text", "text_pair"),
    )
    baselines: ClassVar[tuple[str, ...]] = ("untuned", "nearest")
    wanted: ClassVar[tuple[Any, ...]] = ("chrf", "bleu", "ter")

    def __init__(
        self,
        *,
        instruction: Annotated[
            str, Field(description="before the text, such as `Translate into Chinese: `")
        ] = "",
        max_new_tokens: NewTokens = 128,
        num_beams: Beams = 1,
        temperature: Temperature = 0.0,
        chat_template: ChatTemplate = "auto",
        metric: Deciding = None,
    ):
        decoding = Decoding(max_new_tokens, num_beams, temperature)
        super().__init__(decoding, chat_template, metric, instruction=instruction)

    def prompt_of(self, row: Row) -> str:
        """The text to translate."""
        return str(row["prompt"] if "prompt" in row.fields else row["text"])

    def references_of(self, row: Row) -> list[str]:
        """Its translation."""
        written = row.get("completion") if "prompt" in row.fields else row.get("text_pair")
        return [] if written is None else [written]
