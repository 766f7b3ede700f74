"""The names people give to columns, and how a column is found by them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# In each of these the canonical name comes first, so that what `columns:` says wins.
TEXT = (
    *("text", "sentence", "content", "body", "message", "review", "tweet", "comment", "email"),
    *("mail", "sms", "post", "utterance", "document", "paragraph", "question", "query"),
    *("headline", "title", "input", "文本", "内容", "正文", "句子", "评论", "邮件", "短信"),
)
LABEL = (
    *("label", "labels", "label_name", "label_text", "category", "class", "intent", "target"),
    *("sentiment", "emotion", "topic", "type", "标签", "类别", "分类", "意图", "情感"),
)
TEXT_PAIRS = (
    *(("text", "text_pair"), ("sentence1", "sentence2"), ("premise", "hypothesis")),
    *(("question1", "question2"), ("text1", "text2"), ("sentence_a", "sentence_b")),
)
PROMPT = (
    *("prompt", "query", "question", "input", "source", "article", "document", "dialogue"),
    *("问题", "提问", "输入", "原文"),
)
COMPLETION = (
    *("completion", "response", "answer", "output", "target", "summary", "highlights"),
    *("回答", "答案", "输出", "摘要"),
)
TOKENS = ("tokens", "words")
TAGS = ("tags", "ner_tags", "labels", "ner", "pos_tags", "chunk_tags")
SCORE = (*("score", "similarity", "similarity_score", "rating", "stars", "评分", "分数", "得分"),)
TESTS = ("tests", "test", "test_list")
SOLUTION = ("completion", "canonical_solution", "solution", "code")

_OTHER = (
    *("id", "name", "messages", "conversations", "instruction", "chosen", "rejected", "context"),
    *("answers", "anchor", "positive", "negative", "text_pair", "source", "url", "date"),
)


def normalised(name: str) -> str:
    """A column's name without case, and with one underscore for white space and hyphens."""
    return re.sub(r"[\s_-]+", "_", name.strip().lower())


KNOWN = frozenset(
    {*TEXT, *LABEL, *PROMPT, *COMPLETION, *TOKENS, *TAGS, *SCORE, *_OTHER}
    | {name for pair in TEXT_PAIRS for name in pair}
)
"""Names that, met in the first line of a table, mark it as a header."""


def columns_of(sample: Iterable[Mapping[str, Any]]) -> list[str]:
    """All columns that occur in some rows, in order of appearance."""
    return list(dict.fromkeys(column for fields in sample for column in fields))


def find(columns: Iterable[str], names: Sequence[str]) -> list[str]:
    """The columns that bear one of these names, best name first."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(normalised(column), column)
    return [by_name[name] for name in names if name in by_name]


def remark_on_others(field: str, names: Sequence[str]) -> str:
    """That another column than the first could have been taken, and how to take it."""
    if len(names) < 2:
        return ""
    other = names[1]
    return f"`{other}` could be the {field} too: to take it, write `columns: {{{field}: {other}}}`."
