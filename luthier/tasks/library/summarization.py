"""Write what a text says, in fewer words."""

from typing import Annotated, Any, ClassVar, Literal, final

from pydantic import Field

from luthier.core.records import Row
from luthier.models.generate import Decoding
from luthier.tasks.generation import Writing


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
    has_document: ClassVar[bool] = True

    def __init__(
        self,
        *,
        instruction: Annotated[str, Field(description="written before the text")] = "Summarize:\n",
        max_new_tokens: Annotated[
            int, Field(ge=1, description="tokens that an answer may have")
        ] = 128,
        num_beams: Annotated[int, Field(ge=1, description="beams of the search; 1 is greedy")] = 1,
        temperature: Annotated[
            float, Field(ge=0, description="of sampling; 0 takes the likeliest token")
        ] = 0.0,
        chat_template: Annotated[
            Literal["auto", "never"], Field(description="auto: use the model's own, if it has one")
        ] = "auto",
        metric: Annotated[str | None, Field(description="what decides; else rougeL")] = None,
    ):
        super().__init__(
            decoding=Decoding(
                max_new_tokens=max_new_tokens, num_beams=num_beams, temperature=temperature
            ),
            instruction=instruction,
            uses_chat_template=chat_template == "auto",
            metric=metric,
        )

    def prompt_of(self, row: Row) -> str:
        """The document."""
        return str(row["prompt"])

    def references_of(self, row: Row) -> list[str]:
        """The summary."""
        return [row["completion"]] if row.get("completion") is not None else []

    def with_prompt(self, row: Row, prompt: str) -> Row:
        """The row with a shorter document."""
        return Row({**row.fields, "prompt": prompt}, row.derived_from)
