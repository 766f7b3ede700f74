"""Where the rows of a dataset come from, and under which licence, as far as that is known."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from luthier.core.registry import Choice
from luthier.data.dataset import Dataset
from luthier.data.fetch import CATALOG
from luthier.data.open import name_of
from luthier.data.storage.manifest import read_manifest

UNKNOWN = "unknown"
_HUB = "hub:"
# Where the Hub's identifier is another than the one of SPDX in lower case.
_HUB_LICENCES = {"PDDL-1.0": "pddl"}


def origins_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The part `origins` of report.json: every source once.

    Of a source that is a dataset folder those of its own sources are told, as its manifest has
    them. Nobody is asked: of what is no catalog entry the licence is `unknown`.

    Args:
        data: the resolved data section.

    Returns:
        `source`: as it is written, a path by its last part only. `licence`: an SPDX identifier or
        `unknown`. `package`: what carries a catalog entry. `languages`: its codes, or none. `hub`:
        the id of a hub's data set.
    """
    found = {origin["source"]: origin for written in _written(data) for origin in _origin(written)}
    return list(found.values())


def hub_licence(licence: str) -> str:
    """The Hub's identifier of a licence."""
    return _HUB_LICENCES.get(licence, licence.lower())


def _written(data: Mapping[str, Any]) -> Iterator[Any]:
    yield from data["source"]
    split = data.get("split") or {}
    yield from (s for name in ("validation", "test") if isinstance(s := split.get(name), str))
    yield from (data.get("rehearse") or {}).get("source", [])


def _origin(written: Any) -> Iterator[dict[str, Any]]:
    entry = _catalog_name(written)
    if entry is not None:
        corpus = CATALOG.get(entry)
        yield _told(
            f"catalog:{entry}",
            licence=corpus.licence,
            package=f"{corpus.package} ({corpus.package.registry})",
            languages=list(corpus.languages),
        )
    elif isinstance(written, str) and Dataset.is_dataset(Path(written)):
        yield from origins_of(read_manifest(Path(written)).made.data)
    else:
        name = name_of(written)
        choice = None if isinstance(written, str) else Choice.parse(written)
        is_hub = choice.name == "hub" if choice else name.startswith(_HUB)
        hub = name.removeprefix(_HUB) if is_hub else None
        is_path = choice is None and ":" not in name
        yield _told(Path(name).name if is_path else name, hub=hub)


def _told(source: str, **known: Any) -> dict[str, Any]:
    return {
        "source": source,
        "licence": UNKNOWN,
        "package": None,
        "languages": [],
        "hub": None,
    } | known


def _catalog_name(written: Any) -> str | None:
    if isinstance(written, str):
        return written.removeprefix("catalog:") if written.startswith("catalog:") else None
    choice = Choice.parse(written)
    return choice.options["name"] if choice.name == "catalog" else None
