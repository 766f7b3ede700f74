"""What an annotation project is about: project.json."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

NAME = "project.json"
FORMAT = 1

Annotator = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""How a person is called: any printable text of one line."""


class Strict(BaseModel):
    """A part of project.json; a key that is not known means it was edited by hand."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Guidelines(Strict):
    """One version of what people are told about how to decide.

    Attributes:
        version: 1, 2, 3 ...; every answer names the version that was shown with it.
        text: Markdown.
        at: when it was written, ISO 8601 in UTC.
    """

    version: int = Field(ge=1)
    text: str
    at: str


class Settings(Strict):
    """The whole of project.json.

    Attributes:
        title: what the page is headed with.
        kind: the choice from `kinds/` with all its options, as a recipe writes it.
        sources: where the items came from, as they were written.
        items: SHA-256 over the ids of the items in their order, and how many there are.
        guidelines: all versions, the newest last; empty if there are none.
        annotators: everybody who joined, in order.
        closed: nobody else may join.
        overlap: how many people are to answer each item.
        order: how items that nobody ranked are given out.
        seed: of that order.
        only: ask about the items of only.txt alone.
        blind: the answers that rows hold already are not shown as suggestions.
        gold_every: one item of this many that a person gets is a gold item; 0: none is.
        aggregate: how the answers of several people become one.
        untouched: what becomes of rows that nobody answered: kept as they are, dropped, or (`auto`)
            kept if they hold an answer of their own.
    """

    format: Literal[1] = 1
    title: str
    kind: dict[str, dict[str, Any]]
    sources: list[str]
    items: dict[str, str | int]
    guidelines: list[Guidelines] = []
    annotators: list[Annotator] = []
    closed: bool = False
    overlap: int = Field(1, ge=1, le=100)
    order: Literal["chance", "given"] = "chance"
    seed: int = Field(7, ge=0, lt=2**32)
    only: bool = False
    blind: bool = True
    gold_every: int = Field(0, ge=0)
    aggregate: Literal["majority", "dawid_skene", "glad", "mace"] = "majority"
    untouched: Literal["auto", "keep", "drop"] = "auto"
