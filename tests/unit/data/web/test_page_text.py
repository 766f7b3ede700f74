import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.web.page import COLUMNS, MAX_TAGS, NotFetched, Page
from luthier.data.web.page_text import links_of, read_page, text_of
from tests.websites import CHINESE, OTHER_PROSE, PROSE, html


def page(body: str | bytes, content_type: str = "text/html") -> Page:
    content = body.encode() if isinstance(body, str) else body
    return Page("http://a.example/x", "http://a.example/y", content_type, content, 0, 0)


def test_a_row_holds_the_main_text_and_what_the_page_tells_of_itself() -> None:
    row = read_page(page(html(PROSE, OTHER_PROSE, title="On glue")))
    assert row == {
        "text": f"On glue\n{PROSE}\n{OTHER_PROSE}",
        "title": "On glue",
        "date": "2024-05-06",
        "author": "Ada Fiddle",
        "language": "en",
        "url": "http://a.example/y",
        "fetched": "1970-01-01T00:00:00+00:00",
    }


def test_what_a_page_does_not_tell_is_none() -> None:
    row = read_page(page(f"<html><body><p>{PROSE}</p><p>{OTHER_PROSE}</p></body></html>"))
    assert [row[name] for name in ("date", "author", "language")] == [None] * 3


@pytest.mark.parametrize("charset", ["gbk", "gb18030", "big5", "utf-8"])
def test_chinese_is_read_without_a_declared_charset(charset: str) -> None:
    prose = (
        "製琴師從一塊木頭的聲音裡聽得出它能不能承住一個音，這門手藝很慢，膠要等它乾，漆要等它硬。"
    )
    text = prose if charset == "big5" else CHINESE
    body = f"<html><head><title>琴</title></head><body><p>{text}</p><p>{text}</p></body></html>"
    assert text in read_page(page(body.encode(charset)))["text"]


@pytest.mark.parametrize(
    ("content_type", "meta"),
    [
        ("text/html; charset=Shift_JIS", ""),
        ('text/html;charset="shift_jis"', '<meta charset="utf-8">'),
        ("text/html", '<meta charset="shift_jis">'),
    ],
)
def test_the_declared_charset_is_taken_the_servers_first(content_type: str, meta: str) -> None:
    body = f"<html><head>{meta}</head><body><p>弦楽器をつくる職人の仕事</p></body></html>"
    assert "弦楽器をつくる職人の仕事" in text_of(page(body.encode("shift_jis"), content_type))


def test_plain_text_is_taken_as_it_is() -> None:
    row = read_page(page(" <p>no tag\r\nat all ", "text/plain; charset=utf-8"))
    assert row["text"] == "<p>no tag\nat all"


@pytest.mark.parametrize("body", ["", "   ", "<html></html>", "<html><body><script>1</script>"])
def test_a_page_without_text_is_told(body: str) -> None:
    with pytest.raises(NotFetched, match="no main text"):
        read_page(page(body))


def test_a_page_of_nothing_but_tags_is_told_and_not_searched() -> None:
    with pytest.raises(NotFetched, match="100,000 tags"):
        read_page(page("<i>" * (MAX_TAGS + 1)))
    assert list(links_of(page("<a href=/b>" * (MAX_TAGS + 1)))) == []


def test_broken_html_is_read_all_the_same() -> None:
    body = f"<body><div><p>{PROSE}<p>{OTHER_PROSE}</div></span><b><i></b>&nosuch; <a href='"
    text = read_page(page(body))["text"]
    assert PROSE in text
    assert OTHER_PROSE in text


def test_an_xml_declaration_does_not_disturb() -> None:
    body = f'<?xml version="1.0" encoding="gbk"?>{html(CHINESE)}'
    assert CHINESE in read_page(page(body.encode("gbk")))["text"]


def test_links_are_absolute_and_in_order() -> None:
    body = (
        "<html><body><a href='b#part'>b</a><a href=' //c.example '>c</a><a>none</a>"
        "<a href='mailto:x@a.example'>m</a><a href='javascript:1'>j</a>"
        "<area href='/d'></body></html>"
    )
    expected = ["http://a.example/b", "http://c.example/", "http://a.example/d"]
    assert list(links_of(page(body))) == expected


def test_links_go_by_the_base_that_a_page_declares() -> None:
    body = "<html><head><base href='/deep/'></head><body><a href='b'>b</a></body></html>"
    assert list(links_of(page(body))) == ["http://a.example/deep/b"]


fragments = st.lists(
    st.sampled_from(
        [
            *(
                "<p>",
                "</p>",
                "<div",
                ">",
                "<",
                "&",
                "&amp;",
                "&#xD800;",
                "&#0;",
                "<!--",
                "-->",
                "'",
            ),
            *(
                "<html>",
                "<body>",
                "<table><td>",
                "<script>",
                "</script>",
                "\0",
                "\ufeff",
                "word " * 30,
            ),
            *(
                "<title>",
                "<meta name=author content=",
                "<?xml",
                "<![CDATA[",
                "]]>",
                "<a href=",
                "琴" * 30,
            ),
        ]
    ),
    max_size=30,
)


@given(st.binary(max_size=200), fragments)
def test_any_bytes_are_a_page_or_are_told(junk: bytes, pieces: list[str]) -> None:
    body = page("".join(pieces).encode() + junk)
    try:
        row = read_page(body)
    except NotFetched:
        return
    finally:
        links = list(links_of(body))
    assert tuple(row) == COLUMNS
    assert row["text"].strip()
    assert all(link.startswith("http") for link in links)
