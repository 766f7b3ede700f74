"""Documents made by hand, small enough to read here; what they say is `Hello` and `world`."""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}'
    "</Relationships>"
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def pdf(lines: Sequence[str] = ("Hello", "world"), *, encrypted: bool = False) -> bytes:
    """One page of text."""
    shown = b" ".join(b"(%s) Tj T*" % line.encode() for line in lines)
    page = zlib.compress(b"BT /F1 12 Tf 72 720 Td 14 TL " + shown + b" ET")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources 7 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32),
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    content, places = bytearray(b"%PDF-1.4\n"), []
    for number, item in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    locked = b"/Encrypt 6 0 R /ID [<41> <41>]" if encrypted else b""
    content += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, locked)
    return bytes(content + b"startxref\n%d\n%%%%EOF\n" % start)


def packed(members: Mapping[str, str | bytes]) -> bytes:
    """A zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return file.getvalue()


def docx(
    body: str = "<w:p><w:r><w:t>Hello</w:t></w:r></w:p><w:p><w:r><w:t>world</w:t></w:r></w:p>",
    prologue: str = "",
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A text of two paragraphs, or another body."""
    types = (
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{WORD}"/>'
    )
    main = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    spaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        f'xmlns:r="{OFFICE}" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    )
    return packed(
        {
            "[Content_Types].xml": CONTENT_TYPES.format(types),
            "_rels/.rels": RELATIONS.format(main),
            "word/document.xml": f"<?xml version='1.0'?>{prologue}<w:document {spaces}>"
            f"<w:body>{body}</w:body></w:document>",
            **(more or {}),
        }
    )


def epub() -> bytes:
    """A book of one page."""
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="book.opf"/>'
            "</rootfiles></container>",
            "book.opf": '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata/>'
            '<manifest><item id="a" href="a.xhtml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>',
            "a.xhtml": "<!DOCTYPE html><html><body><p>Hello</p><p>world</p></body></html>",
        }
    )


def pptx() -> bytes:
    """One slide."""
    from pptx import Presentation

    made, file = Presentation(), io.BytesIO()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text = "Hello", "world"
    made.save(file)
    return file.getvalue()


def xlsx(sheets: Mapping[str, Sequence[Sequence[Any]]] | None = None) -> bytes:
    """A workbook of these sheets; of one, if none are given."""
    from openpyxl import Workbook

    book, file = Workbook(write_only=True), io.BytesIO()
    for name, rows in (sheets or {"Sheet": [["Hello"], ["world"]]}).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(file)
    return file.getvalue()
