"""Which charset undeclared bytes are in."""

import pytest

from luthier.data.text.charset_detection import detect, ideographic, other_script

EAST_ASIAN = [
    ("gb18030", "你好。"),
    ("gb18030", "我们提供最优惠的价格"),
    ("gb18030", "這是繁體字寫的信"),
    ("big5hkscs", "我們提供最優惠的價格"),
    ("big5hkscs", "停火。"),
    ("cp949", "안녕하세요 반갑습니다"),
    ("cp949", "[광고]명품향수"),
    ("cp932", "こんにちは、元気ですか"),
    ("euc_jp", "こんにちは、元気ですか"),
]
ALPHABETS = [
    ("cp1252", "Join the world’s largest e-mail service"),
    ("cp1252", "Gambler wins £7,000"),
    ("cp1252", "To get the party started, tickets are just £41.00 plus booking fee."),
    ("cp1252", "L'assemblée nationale turque a réalisé l'impossible"),
    ("cp1252", "Faça parte da grande explosão de vendas! SÃO 11 SITES COM PRODUTOS E SERVIÇOS"),
    ("cp1252", "© 2002 Foo®"),
    ("cp1252", "»»»»»» next"),
    ("cp1250", "Wczoraj poszedłem do sklepu, żeby kupić chleb i masło."),
    ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy."),
    ("cp1254", "Artık tüm haberleri sadece tek siteden takip edebileceksiniz, başlıkları da"),
    ("cp1251", "Мы предлагаем вам лучшие цены на рынке недвижимости Москвы."),
    ("koi8_r", "Мы предлагаем вам лучшие цены на рынке недвижимости Москвы."),
    ("cp1253", "Μια μέρα ο ήλιος ανέτειλε πάνω από την πόλη και όλοι ήταν χαρούμενοι."),
    ("cp1256", "مرحبا بكم في موقعنا الجديد، نتمنى لكم يوما سعيدا"),
    ("cp874", "สวัสดีครับ วันนี้อากาศดีมาก เราไปเที่ยวกันไหม"),
]


@pytest.mark.parametrize("codec, text", EAST_ASIAN + ALPHABETS)
def test_text_is_read_as_it_was_written(codec: str, text: str) -> None:
    data = text.encode(codec)
    assert data.decode(detect(data)) == text


@pytest.mark.parametrize("codec, text", ALPHABETS)
def test_text_in_an_alphabet_makes_no_east_asian_sense(codec: str, text: str) -> None:
    found, fit = ideographic(text.encode(codec))
    assert found is None or fit < 0.1


def test_one_sign_in_a_row_is_evidence_of_nothing() -> None:
    assert ideographic(b"\xb7" * 20) == (None, -1.0)


@pytest.mark.parametrize("codec, text", EAST_ASIAN[1:4] + ALPHABETS[-4:])
def test_another_script_is_seen_through_a_western_label(codec: str, text: str) -> None:
    data = text.encode(codec)
    assert data.decode(other_script(data) or "ascii") == text


@pytest.mark.parametrize("text", [text for codec, text in ALPHABETS if codec == "cp1252"])
def test_western_text_is_never_taken_for_another_script(text: str) -> None:
    assert other_script(text.encode("cp1252")) is None


def test_a_long_page_of_ascii_around_a_few_words_does_not_hide_them() -> None:
    page = "<p>padding</p>\n" * 5000 + "我们提供最优惠的价格\n" + "<p>padding</p>\n" * 5000
    assert detect(page.encode("gb18030")) == "gb18030"
