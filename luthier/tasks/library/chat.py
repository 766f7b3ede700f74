"""Answer in a conversation, of one turn or many."""

from typing import Annotated, Any, ClassVar, Literal, final

from pydantic import Field

from luthier.core.records import Row
from luthier.models.chat import Conversation
from luthier.models.generate import Decoding
from luthier.scoring.reward import RewardChoices
from luthier.tasks.generation import Writing
from luthier.tasks.writing_options import Beams, ChatTemplate, Deciding, NewTokens, Temperature


@final
class Chat(Writing):
    """Conversations with system prompts, several turns, tools and weights of messages.

    The loss is on what the assistant says, in all its turns; judged is its last answer, given all
    that was said before. Perplexity decides, since many answers may be right.
    """

    shapes: ClassVar[tuple[tuple[str, ...], ...]] = (("messages",), ("prompt", "completion"))
    baselines: ClassVar[tuple[str, ...]] = ("untuned", "nearest")
    wanted: ClassVar[tuple[Any, ...]] = ({"rouge": {"kind": "rougeL"}}, "exact_match")

    def __init__(
        self,
        *,
        learn: Annotated[
            Literal["assistant", "last", "all"],
            Field(description="whose messages the loss is on: all or the last of the assistant's"),
        ] = "assistant",
        max_new_tokens: NewTokens = 128,
        num_beams: Beams = 1,
        temperature: Temperature = 0.0,
        chat_template: ChatTemplate = "auto",
        metric: Deciding = None,
        rewards: RewardChoices = (),
    ):
        decoding = Decoding(max_new_tokens, num_beams, temperature)
        super().__init__(decoding, chat_template, metric, rewards)
        self._learn = learn

    @property
    def learns(self) -> Literal["assistant", "last", "all"]:
        """Which messages of a conversation the loss is on."""
        return self._learn

    def prompt_of(self, row: Row) -> str:
        """All that was said before the answer, for a model that has no chat template.

        One question stands as it is; of several turns each is a line behind its role.
        """
        if "messages" not in row.fields:
            return str(row["prompt"])
        said = [(turn["role"], turn.get("content") or "") for turn in _asked(row)]
        if len(said) == 1:
            return said[0][1]
        return "".join(f"{role}: {content}\n" for role, content in said)

    def references_of(self, row: Row) -> list[str]:
        """The last answer, if the conversation ends with one."""
        if "messages" not in row.fields:
            return [row["completion"]] if row.get("completion") is not None else []
        last = row["messages"][-1]
        return [last.get("content") or ""] if last["role"] == "assistant" else []

    def question_of(self, row: Row) -> dict[str, Any]:
        """The messages before the answer that is judged."""
        asked = super().question_of(row)
        return asked | {"messages": _asked(row)} if "messages" in asked else asked

    def conversation_of(self, row: Row) -> Conversation:
        """The messages as they are, with their tools."""
        if "messages" not in row.fields:
            return super().conversation_of(row)
        return Conversation(row["messages"], row.get("tools"))

    @property
    def primary(self) -> str:
        """What the recipe names, else perplexity."""
        return self._metric or "perplexity"


def _asked(row: Row) -> list[dict[str, Any]]:
    turns = row["messages"]
    return list(turns[:-1] if turns[-1]["role"] == "assistant" else turns)
