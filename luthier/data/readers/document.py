"""A document (pdf, docx, pptx, epub, html, md, eml) as one row, its text as Markdown."""

from collections.abc import Iterator
from typing import final

from luthier.data.documents.conversion import EXTENSIONS, Conversion
from luthier.data.parsing.raw_file import RawFile
from luthier.data.reader import Reader
from luthier.data.source import Found


@final
class Document(Reader):
    """Reads a document as the `text` of a row; a mail gives its headers too.

    Office documents, PDF and EPUB go through markitdown, in a process apart. HTML is read whole, a
    line for each block: of a document of one's own nothing is left out as boilerplate.
    """

    extensions = EXTENSIONS
    is_one_row = True

    def __init__(self) -> None:
        self._conversion = Conversion()

    def rows(self, file: RawFile) -> Iterator[Found]:
        """The one row there is.

        Raises:
            UserError: it is encrypted, damaged, without text, made to do harm, or takes too long;
                or the extra `collect` is needed and not installed.
        """
        with self._conversion.running():
            fields = self._conversion.fields(file)
        yield Found(fields, file.name)
