"""Lines of mails and pages that are no part of what is said: notices, navigation, signatures."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, get_args

BoilerplateRule = Literal[
    "cookies", "navigation", "copyright", "signatures", "disclaimers", "subscriptions"
]
RULES: tuple[BoilerplateRule, ...] = get_args(BoilerplateRule)

_MARKS = {
    "cookies": ("cookie",),
    "navigation": (
        *("skip to", "back to top", "print this", "share ", "|", "»", "›", "·", "•"),
        *("返回顶部", "回到顶部", "上一篇", "下一篇", "分享到", "当前位置"),
    ),
    "copyright": ("©", "copyright", "all rights reserved", "版权所有", "icp备", "icp证"),
    "signatures": ("sent from my", "get outlook for", "发自我的", "--"),
    "disclaimers": ("confidential", "本邮件", "本电子邮件"),
    "subscriptions": ("unsubscribe", "mailing list", "退订", "取消订阅"),
}
"""What a text must hold for a rule to be tried at all."""

_LINES = {
    "cookies": re.compile(
        r".*\bcookies?\b.*\b(?:accept|agree|consent|policy|preferences|settings|experience|browser)"
        r"|.*\b(?:accept|agree|consent|use[sd]?|using|manage|reject)\b.*\bcookies?\b"
        r"|.*(?:使用|接受|同意|拒绝|管理).*cookies?|.*cookies?.*(?:政策|设置|声明|体验)"
    ),
    "navigation": re.compile(
        r"skip to (?:main )?(?:content|navigation)\W*$|back to top\W*$|print this page\W*$"
        r"|share (?:this |on |via |to )*(?:facebook|twitter|x|linkedin|email|whatsapp|wechat)\b"
        r"|(?:返回|回到)顶部\W*$|(?:上|下)一篇\s*[:：]|分享到\s*[:：]?|当前位置\s*[:：]"
    ),
    "copyright": re.compile(
        r"(?:©|\(c\)|copyright)\W*(?:©|\(c\))?\W*(?:19|20)\d\d\b|.{0,80}\ball rights reserved\b"
        r"|.{0,40}版权所有|\W*[\u4e00-\u9fff]?icp[备证]"
    ),
    "signatures": re.compile(r"(?:sent from my|get outlook for) .{1,40}$|发自我的\s*.{1,20}$"),
    "subscriptions": re.compile(
        r".{0,200}\bunsubscribe\b|.{0,80}\bmailing list\W*$|.{0,80}(?:退订|取消订阅)"
    ),
}
_SEPARATOR = re.compile(r"[|»›·•]")
_MENU = """
home about contact login register sitemap faq help news blog products services search menu
privacy terms careers support account cart
首页 主页 关于我们 联系我们 登录 注册 网站地图 新闻 产品 帮助 搜索 导航 下载 论坛 服务
"""
_PLACES = frozenset(_MENU.split()) | {
    "about us",
    "contact us",
    "sign in",
    "sign up",
    "log in",
    "site map",
    "privacy policy",
}
_MOST_IN_ITEM, _FEWEST_ITEMS = 30, 3

_CONFIDENTIAL = re.compile(
    r"(?=.*\b(?:confidential|privileged)\b)(?=.*\b(?:intended (?:recipient|solely|only)|addressee"
    r"|named above|in error)\b)|.*本(?:电子)?邮件.*(?:保密|机密|误收|收件人)",
    re.DOTALL,
)
_DELIMITER = re.compile(r"--\s?$")  # RFC 3676, 4.3; many programs lose its space
_MOST_IN_SIGNATURE = 10


def boilerplate(lines: Sequence[str], rules: Sequence[BoilerplateRule]) -> dict[int, str]:
    """The numbers of lines that are boilerplate, and the rule that says so.

    A disclaimer is a whole paragraph. A signature is what follows a line of two dashes, up to ten
    lines, and the line with which a telephone signs.
    """
    small = [line.strip().lower() for line in lines]
    whole = "\n".join(small)
    tried = [rule for rule in rules if any(mark in whole for mark in _MARKS[rule])]
    if not tried:
        return {}
    found: dict[int, str] = {}
    for rule in tried:
        for number, line in enumerate(small):
            if line and number not in found and _is_of(line, rule):
                found[number] = rule
    if "disclaimers" in tried:
        for start, end in _paragraphs(small):
            kept = [number for number in range(start, end) if number not in found]
            if _CONFIDENTIAL.match(" ".join(small[number] for number in kept)):
                found |= dict.fromkeys(kept, "disclaimers")
    if "signatures" in tried:
        found |= dict.fromkeys(_signature(small, found), "signatures")
    return found


def _is_of(line: str, rule: str) -> bool:
    if rule == "navigation" and _SEPARATOR.search(line) and _is_menu(line):
        return True
    return rule in _LINES and _LINES[rule].match(line) is not None


def _is_menu(line: str) -> bool:
    """Short items between separators, two of them well-known places of a page."""
    items = [item.strip() for item in _SEPARATOR.split(line) if item and not item.isspace()]
    if len(items) < _FEWEST_ITEMS or max(map(len, items)) > _MOST_IN_ITEM:
        return False
    return sum(item in _PLACES for item in items) > 1


def _paragraphs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for number, line in enumerate([*lines, ""]):
        if not line:
            if number > start:
                yield start, number
            start = number + 1


def _signature(lines: Sequence[str], gone: dict[int, str]) -> list[int]:
    """The delimiters and what follows them, of what is left: signatures below one another too."""
    left = [number for number, line in enumerate(lines) if line and number not in gone]
    marks = [place for place, number in enumerate(left) if _DELIMITER.match(lines[number])]
    end = len(left)
    while marks and end - marks[-1] <= _MOST_IN_SIGNATURE + 1:
        end = marks.pop()
    return left[end:]
