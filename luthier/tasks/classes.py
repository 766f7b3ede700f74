"""Class names: as rows write them, in their order, and as a model's configuration keeps them."""

from collections.abc import Sequence
from typing import Any

from transformers import PreTrainedConfig

from luthier.core.errors import UserError

UNKNOWN = -100
"""The class of what is not labelled; torch's cross-entropy leaves it out, too."""


def written_names(label: Any) -> list[str]:
    """One label or a list of them, as names."""
    return [str(one) for one in label] if isinstance(label, list) else [str(label)]


def by_value(name: str) -> tuple[float, str]:
    """What sorts class names: numbers by their value and before all else, names by the alphabet."""
    try:
        return float(name), name
    except ValueError:
        return float("inf"), name


def class_settings(names: Sequence[str]) -> dict[str, Any]:
    """Class names as a model's configuration keeps them, for plain transformers too."""
    return {
        "num_labels": len(names),
        "id2label": dict(enumerate(names)),
        "label2id": {name: i for i, name in enumerate(names)},
    }


def names_in_config(config: PreTrainedConfig, task: str) -> list[str]:
    """The class names that a tuned model carries.

    Raises:
        UserError: it carries none.
    """
    names = getattr(config, "id2label", None)
    if not names:
        raise UserError(f"the model was not tuned for {task}: its config.json has no labels.")
    return [name for _, name in sorted(names.items())]
