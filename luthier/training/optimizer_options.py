"""The options that optimizers have in common, as recipes write them."""

from typing import Annotated

from pydantic import Field

WeightDecay = Annotated[float, Field(ge=0, description="pull of weights towards zero")]
Penalty = Annotated[float, Field(ge=0, description="weight of the L2 penalty")]
Beta1 = Annotated[float, Field(ge=0, lt=1, description="memory of the mean gradient")]
Beta2 = Annotated[float, Field(ge=0, lt=1, description="memory of its square")]
Epsilon = Annotated[float, Field(gt=0, description="keeps the division finite")]
