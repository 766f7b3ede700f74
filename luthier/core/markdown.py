"""Text from data inside Markdown: shown as it is, never as mark-up, a link or HTML."""

import re

# Always; an underscore that is not inside a word; a line's beginning; what makes a bare link.
_MARKUP = re.compile(
    r"([\\`*\[\]<>|~&$]|(?<!\w)_|_(?!\w)|^[-+#=]|:(?=//)|(?<=www)\.|@)", re.IGNORECASE
)


def escape_markdown(value: object) -> str:
    """One line of plain text: whatever Markdown or HTML would read as more gets a backslash."""
    return _MARKUP.sub(r"\\\1", " ".join(str(value).split()))


def fenced(text: str, language: str = "") -> str:
    """A code block whose fence is longer than any run of backticks in the text."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
