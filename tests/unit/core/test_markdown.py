import pytest

from luthier.core.markdown import escape_markdown, fenced


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("drop_near_duplicates: 5.0e-05", "drop_near_duplicates: 5.0e-05"),
        ("a | b", r"a \| b"),
        ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
        ("<img src=x>", r"\<img src=x\>"),
        ("**b** `c` _d_", r"\*\*b\*\* \`c\` \_d\_"),
        ("one\n# two", "one # two"),
        ("# head", r"\# head"),
        ("- item", r"\- item"),
        ("https://example.org", r"https\://example.org"),
        ("www.example.org", r"www\.example.org"),
        ("好评 & 差评", r"好评 \& 差评"),
    ],
)
def test_text_stays_text_in_markdown(text, escaped):
    assert escape_markdown(text) == escaped


def test_a_fence_is_longer_than_any_in_the_text():
    assert fenced("a\n````\nb\n", "yaml") == "`````yaml\na\n````\nb\n`````"
