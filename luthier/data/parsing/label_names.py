"""Names for labels that are written as numbers, kept in a file of one name a line."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from luthier.core.errors import UserError
from luthier.data.parsing.raw_file import RawFile
from luthier.data.parsing.values import Label, Scalar


def read_names(path: str) -> list[str]:
    """The names of the labels 0, 1, 2 ..., one a line; blank lines may only end the file.

    Raises:
        UserError: the file is missing or no text, or a line is blank or stands there twice.
    """
    names = [line.strip() for line in RawFile(Path(path).expanduser(), path).lines()]
    while names and not names[-1]:
        names.pop()
    twice = [name for name, count in Counter(names).items() if count > 1 and name]
    if not all(names) or twice or not names:
        what = f"`{twice[0]}` stands there twice" if twice else "a line without a name"
        raise UserError(f"{path}: {what}. Write one name a line, that of label 0 first.")
    return names


def name_of(label: Label, names: Sequence[str]) -> str | list[str]:
    """The name of a label that is a number, or the names of a list of them.

    Raises:
        ValueError: it is no whole number, or there are not so many names.
    """
    if isinstance(label, list):
        return [_one_name(item, names) for item in label]
    return _one_name(label, names)


def _one_name(label: Scalar, names: Sequence[str]) -> str:
    try:
        number = float(label)
    except ValueError:
        raise ValueError(f"label `{label}` is no number, but `label_names` are given") from None
    if not number.is_integer() or not 0 <= number < len(names):
        raise ValueError(f"label {label} has no name, for `label_names` has {len(names)} of them")
    return names[int(number)]
