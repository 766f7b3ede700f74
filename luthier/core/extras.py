"""Libraries that only some choices need: an extra of Luthier brings them, and its name is told."""

from collections.abc import Iterator
from contextlib import contextmanager

from luthier.core.errors import UserError


@contextmanager
def extra(name: str, what: str) -> Iterator[None]:
    """Say what to install if an import in the block fails.

    `with extra("collect", "Reading PDF"): import markitdown`

    Args:
        name: of the extra, in pyproject.toml.
        what: what needs it, as the beginning of a sentence.

    Raises:
        UserError: it is not installed; with the command that installs it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise UserError(
            f"{what} needs `{error.name}`, which is not installed: pip install 'luthier[{name}]'"
        ) from error
