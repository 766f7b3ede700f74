"""Luthier tunes pretrained language models on your own data, and proves whether it helped.

The verbs are loaded when they are first used, so that `import luthier` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from luthier.data.prepare import prepare as prepare
    from luthier.evaluation.compare import compare as compare
    from luthier.evaluation.evaluate import evaluate as evaluate
    from luthier.evaluation.export import export as export
    from luthier.evaluation.predict import load as load
    from luthier.training.check import check as check
    from luthier.training.train import train as train

__version__ = "0.1.0"
__all__ = ["check", "compare", "evaluate", "export", "load", "prepare", "train"]

_VERBS = {
    "check": "luthier.training.check",
    "compare": "luthier.evaluation.compare",
    "evaluate": "luthier.evaluation.evaluate",
    "export": "luthier.evaluation.export",
    "load": "luthier.evaluation.predict",
    "prepare": "luthier.data.prepare",
    "train": "luthier.training.train",
}


def __getattr__(name: str) -> Any:
    """Import a verb at its first use (PEP 562)."""
    if name not in _VERBS:
        raise AttributeError(f"module 'luthier' has no attribute {name!r}")
    return getattr(import_module(_VERBS[name]), name)
