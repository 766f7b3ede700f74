"""CoNLL columns: one token a line with its tag (IOB2) behind it, a blank line after each text."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, final

from luthier.core.errors import UserError
from luthier.data.annotation.exchange import Exchange, Incoming, Outgoing
from luthier.data.annotation.kind import Kind
from luthier.data.annotation.marking import as_json
from luthier.data.annotation.tokens import joined, spans_in
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers.conll import Conll as Reader
from luthier.data.storage.columns import is_utf8


@final
class Conll(Exchange):
    """Spans as tags; Chinese is written character by character."""

    extension: ClassVar[str] = "conll"
    kinds: ClassVar[tuple[str, ...]] = ("spans",)

    def write(self, items: Iterable[Outgoing], kind: Kind) -> Iterator[str]:
        """The answer that counts of each item that has one.

        Raises:
            UserError: a token holds white space, which would end it.
        """
        for item in items:
            if item.verdict is None:
                continue
            for row in kind.rows(item.row, item.verdict):
                for token, tag in zip(row["tokens"], row["tags"], strict=True):
                    if not token or not is_utf8(token) or any(map(str.isspace, token)):
                        raise UserError(
                            f"Row {item.row.id}: the token {token!r} cannot be written as CoNLL: "
                            "it is empty, no UTF-8, or holds white space. Write jsonl."
                        )
                    yield f"{token}\t{tag}"
                if row["tokens"]:
                    yield ""

    def read(self, file: RawFile, kind: str) -> Iterator[Incoming]:
        """All texts, each with one answer, by `conll`.

        Raises:
            UserError: lines with more or fewer columns than the first.
        """
        for found in Reader().rows(file):
            tokens, tags = found.fields["tokens"], found.fields["tags"]
            _, places = joined(tokens)
            value = {"spans": as_json(spans_in(places, tags))}
            yield Incoming({"tokens": tokens}, [("conll", value)], None, found.place)
