"""Text that still holds undecoded bytes."""

from luthier.data.text.raw_text import read_bytes

CHINESE = "您好：如果此信打扰到您，我们深感抱歉"
KOREAN = "요즘 뜨는 직종 방송과 금융"


def undecoded(text: str, codec: str) -> str:
    return text.encode(codec).decode("utf-8", "surrogateescape")


def test_text_that_declares_nothing_is_read_by_the_detected_charset() -> None:
    reading = read_bytes(undecoded(CHINESE, "gb18030"))
    assert (reading.text, reading.codecs, reading.lossy) == (CHINESE, ["gb18030"], False)


def test_a_page_is_read_by_the_charset_it_declares() -> None:
    page = '<meta charset="windows-1251">' + "Я"
    assert read_bytes(undecoded(page, "cp1251")).text == page


def test_the_charset_given_is_that_of_text_which_declares_none() -> None:
    assert read_bytes(undecoded("Я", "koi8-r"), "koi8-r").text == "Я"


def test_each_part_of_a_mail_is_read_by_its_own_charset() -> None:
    mail = "From: a\nTo: b\nContent-Type: multipart/mixed; boundary=x\n\n"
    first = f"--x\nContent-Type: text/plain; charset=gb2312\n\n{undecoded(CHINESE, 'gb18030')}\n"
    second = f"--x\nContent-Type: text/plain; charset=euc-kr\n\n{undecoded(KOREAN, 'cp949')}\n--x--"
    reading = read_bytes(mail + first + second)
    assert CHINESE in reading.text
    assert KOREAN in reading.text


def test_headers_are_read_by_the_charset_of_the_body() -> None:
    mail = f"From: a\nSubject: {undecoded('你', 'gb18030')}\n\n{undecoded(CHINESE, 'gb18030')}"
    assert read_bytes(mail).text == f"From: a\nSubject: 你\n\n{CHINESE}"


def test_iso_2022_escapes_are_read_though_they_are_ascii() -> None:
    mail = "From: a\nTo: b\n\n" + "日本語".encode("iso2022_jp").decode("ascii")
    assert read_bytes(mail).text.endswith("日本語")


def test_bytes_that_fit_nothing_are_replaced_and_told() -> None:
    reading = read_bytes("caf\udc81\udc81 \udc8d")
    assert reading.lossy
    assert "\ufffd" in reading.text


def test_text_without_such_bytes_stays_as_it_is() -> None:
    assert read_bytes(f"From: a\nTo: b\n\n{CHINESE}").text == f"From: a\nTo: b\n\n{CHINESE}"
