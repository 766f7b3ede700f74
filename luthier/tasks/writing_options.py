"""The options that all writing tasks have, as recipes write them."""

from typing import Annotated, Literal

from pydantic import Field

NewTokens = Annotated[int, Field(ge=1, description="tokens that an answer may have")]
Beams = Annotated[int, Field(ge=1, description="beams of the search; 1 is greedy")]
Temperature = Annotated[float, Field(ge=0, description="of sampling; 0 takes the likeliest token")]
ChatTemplate = Annotated[
    Literal["auto", "never"], Field(description="auto: use the model's own, if it has one")
]
Deciding = Annotated[str | None, Field(description="what decides; else the task's usual metric")]
