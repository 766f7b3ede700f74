"""Sentences with invented personal data in known places, and numbers that only look like it."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

NAMES = (
    "wei.zhang",
    "li_na",
    "j.smith+news",
    "Maria",
    "o'brien",
    "x1987",
    "anna-lena",
    "王",
    "thx",
)
HOSTS = ("qq.com", "163.com", "mail.example.org", "uni-bonn.de", "foo.co.uk", "GMAIL.com", "b-c.io")
PLACES = ("110101", "310104", "440305", "500103", "320583", "659001", "230102")
CARDS = {"4": 16, "51": 16, "2221": 16, "34": 15, "6222": 19, "6228": 19, "35289": 16, "6011": 16}
IBANS = {"DE": "n" * 18, "NL": "aaaa" + "n" * 10, "GB": "aaaa" + "n" * 14, "AT": "n" * 16}
LEADS = {
    "email": ("Write to {}", "邮箱{}，", "<{}>", "发到{}谢谢", "mailto:{} "),
    "phone": ("Call {} today", "手机{}，", "电话：{}。", "my number is {}.", "联系我{}吧"),
    "id_card": ("身份证号{}，", "ID card {} was shown", "证件:{}\n"),
    "bank_card": ("卡号 {}。", "paid by card {},", "打到{}工行"),
    "iban": ("IBAN {}.", "transfer to {} BIC DEUTDEFF", "账户 {}，"),
    "ip_address": ("from {} at", "来自{}的访问", "[{}]:", "host {}, port 80"),
}
DECOYS = (
    *("order number {d16}", "订单号{d11}", "invoice 2024-{d6}", "运单 SF{d13}", "build {v4}"),
    *("version {v4} is out", "v{v4}", "版本{v4}", "at 192.168.{b}.{b}", "127.0.0.1:8080"),
    *("on {date}", "{date} 13:45:10", "{date8}{d6}", "from 1999-2003", "ISBN 978-7-{d3}-{d5}-6"),
    *(
        "price 1,{d3},{d3}.50",
        "{d2}.{d12}",
        "x = {d10}",
        "id={d10}",
        "icon@2x.png",
        "react@18.2.{b}",
    ),
    *(
        "{d3} {d4} {d2} {d5}",
        "39.9{d4}, 116.4{d4}",
        "sha {hex}",
        "1{d9}",
        "call me on Monday {date}",
    ),
    *("QQ群号{d9}", "doi 10.1{d3}/{d8}", "12:30:45", "std::vector", "@someone said", "a @ b.c"),
    *("ratio {d2}:{d2}:{d2}", "§ {b}.{b}.{b}.{b}", "00:1b:{x2}:{x2}:{x2}:{x2}", "{wrong_id}"),
    *("{wrong_card}", "{wrong_iban}", "git@github.com:a/b.git", "tel quel {d4}", "score {d2}-{d2}"),
)
FILLER = (
    *(
        "We met them on the hill and talked for a while about the weather.",
        "今天天气很好，我们去公园。",
    ),
    *("Nobody had expected the second half to be better.", "这个产品质量不错，下次还会再买。"),
    *("The results are in line with what was said before.", "请问什么时候可以发货？"),
)


@dataclass(slots=True)
class Sample:
    """A text, and the values in it: kind, start and end of each."""

    text: str = ""
    values: list[tuple[str, int, int]] = field(default_factory=list)

    def add(self, lead: str, kind: str, value: str) -> None:
        """Append a phrase that holds a value."""
        start = len(self.text) + lead.index("{}")
        self.text += lead.replace("{}", value)
        self.values.append((kind, start, start + len(value)))


def samples(count: int, *, fillers: int = 2, seed: int = 7) -> Iterator[Sample]:
    """Texts of a value, a decoy or both, between sentences that are neither."""
    dice = random.Random(seed)
    kinds = list(LEADS)
    for number in range(count):
        sample = Sample()
        for _ in range(fillers):
            sample.text += dice.choice(FILLER) + " "
        if number % 3 != 1:
            kind = dice.choice(kinds)
            sample.add(dice.choice(LEADS[kind]), kind, MAKERS[kind](dice))
            sample.text += " "
        if number % 3 != 0:
            sample.text += decoy(dice) + " "
        sample.text += dice.choice(FILLER)
        yield sample


def decoy(dice: random.Random) -> str:
    """A phrase with a number or a sign that is nobody's."""
    made = dice.choice(DECOYS)
    while "{" in made:
        start = made.index("{")
        end = made.index("}", start)
        made = made[:start] + _part(made[start + 1 : end], dice) + made[end + 1 :]
    return made


def _part(name: str, dice: random.Random) -> str:
    if name[0] == "d" and name[1:].isdigit():
        digits = str(dice.randrange(1, 10)) + _digits(dice, int(name[1:]) - 1)
        return digits if len(digits) != 16 or not luhn_holds(digits) else name.replace("16", "15")
    makers: dict[str, Callable[[], str]] = {
        "v4": lambda: ".".join(str(dice.randrange(20)) for _ in range(4)),
        "b": lambda: str(dice.randrange(1, 255)),
        "x2": lambda: f"{dice.randrange(256):02x}",
        "hex": lambda: f"{dice.getrandbits(160):040x}",
        "date": lambda: _day(dice).isoformat(),
        "date8": lambda: _day(dice).strftime("%Y%m%d"),
        "wrong_id": lambda: _spoilt(id_card(dice), dice),
        "wrong_card": lambda: _spoilt(card(dice).replace(" ", "").replace("-", ""), dice),
        "wrong_iban": lambda: _spoilt(iban(dice), dice),
    }
    return makers[name]()


def email(dice: random.Random) -> str:
    """A mail address; some are written so that machines should not find them."""
    name, host = dice.choice([n for n in NAMES if n.isascii()]), dice.choice(HOSTS)
    return f"{name}{dice.choice(('@', '@', '@', '@', ' [at] '))}{host}"


def phone(dice: random.Random) -> str:
    """A number of China or the United States, or one with a country code."""
    mobile = f"1{dice.choice(('38', '39', '86', '59', '77', '91'))}" + _digits(dice, 8)
    area, local = dice.choice(("10", "21", "755")), "6" + _digits(dice, 7)
    american = f"{dice.choice(('212', '415', '305'))}-{dice.randrange(220, 999)}-{_digits(dice, 4)}"
    forms = (
        *(
            mobile,
            f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}",
            f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}",
        ),
        *(
            f"+86 {mobile}",
            f"0{area}-{local}",
            f"(0{area}){local}",
            f"0{area} {local[:4]} {local[4:]}",
        ),
        *(
            american,
            f"+1 {american}",
            f"({american[:3]}) {american[4:]}",
            f"400-8{_digits(dice, 2)}-{_digits(dice, 4)}",
        ),
        *(f"+49 30 {dice.randrange(200000, 999999)}", f"+44 20 7946 0{_digits(dice, 3)}"),
    )
    return dice.choice(forms)


def id_card(dice: random.Random) -> str:
    """A Chinese identity card number by GB 11643: check digit from weights 2^(17 - i) mod 11."""
    body = dice.choice(PLACES) + _day(dice).strftime("%Y%m%d") + _digits(dice, 3)
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def card(dice: random.Random) -> str:
    """A card number with its Luhn digit, in one piece or in groups of four."""
    prefix, length = dice.choice(list(CARDS.items()))
    body = prefix + _digits(dice, length - len(prefix) - 1)
    whole = next(body + str(last) for last in range(10) if luhn_holds(body + str(last)))
    if length != 16:
        return whole
    groups = [whole[start : start + 4] for start in range(0, 16, 4)]
    return dice.choice(("", " ", "-")).join(groups)


def luhn_holds(digits: str) -> bool:
    """Whether the sum of digits, every second one from the right doubled, ends in nought."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def iban(dice: random.Random) -> str:
    """An account number whose check digits make the number 1 modulo 97."""
    country, form = dice.choice(list(IBANS.items()))
    body = "".join(dice.choice("ABCDEFGH") if sign == "a" else _digits(dice, 1) for sign in form)
    number = int("".join(str(int(sign, 36)) for sign in body + country + "00"))
    whole = f"{country}{98 - number % 97:02d}{body}"
    spaced = " ".join(whole[start : start + 4] for start in range(0, len(whole), 4))
    return dice.choice((whole, spaced))


def ip_address(dice: random.Random) -> str:
    """An address that is somebody's."""
    if dice.random() < 0.3:
        return f"2400:cb00:{dice.randrange(1, 9999)}::{dice.randrange(1, 9999):x}"
    first = dice.choice((8, 23, 52, 114, 151, 203))
    return f"{first}.{dice.randrange(1, 99)}.{dice.randrange(256)}.{dice.randrange(1, 255)}"


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "email": email,
    "phone": phone,
    "id_card": id_card,
    "bank_card": card,
    "iban": iban,
    "ip_address": ip_address,
}


def _digits(dice: random.Random, count: int) -> str:
    return "".join(dice.choices("0123456789", k=count))


def _day(dice: random.Random) -> date:
    return date(1950, 1, 1) + timedelta(days=dice.randrange(25_000))


def _spoilt(number: str, dice: random.Random) -> str:
    """The number with its last digit changed, so that no check holds."""
    last = number[-1]
    return number[:-1] + dice.choice([digit for digit in "0123456789" if digit != last])
