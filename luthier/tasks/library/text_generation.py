"""Write what a prompt asks for: a poem, a mail, a script, code."""

from typing import Annotated, Any, ClassVar, final

from pydantic import Field

from luthier.core.records import Row
from luthier.models.generate import Decoding
from luthier.scoring.reward import RewardChoices
from luthier.tasks.generation import Writing
from luthier.tasks.writing_options import Beams, ChatTemplate, Deciding, NewTokens, Temperature


@final
class TextGeneration(Writing):
    """Completions of prompts; perplexity decides, since many answers may be right."""

    shapes: ClassVar[tuple[tuple[str, ...], ...]] = (("prompt", "completion"),)
    baselines: ClassVar[tuple[str, ...]] = ("untuned", "nearest")
    wanted: ClassVar[tuple[Any, ...]] = ({"rouge": {"kind": "rougeL"}}, "exact_match")

    def __init__(
        self,
        *,
        instruction: Annotated[str, Field(description="written before every prompt")] = "",
        max_new_tokens: NewTokens = 128,
        num_beams: Beams = 1,
        temperature: Temperature = 0.0,
        chat_template: ChatTemplate = "auto",
        metric: Deciding = None,
        rewards: RewardChoices = (),
    ):
        decoding = Decoding(max_new_tokens, num_beams, temperature)
        super().__init__(decoding, chat_template, metric, rewards, instruction=instruction)

    def prompt_of(self, row: Row) -> str:
        """The prompt."""
        return str(row["prompt"])

    def references_of(self, row: Row) -> list[str]:
        """The completion."""
        return [row["completion"]] if row.get("completion") is not None else []

    @property
    def primary(self) -> str:
        """What the recipe names, else perplexity."""
        return self._metric or "perplexity"
