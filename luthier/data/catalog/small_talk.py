"""Short dialogues by topic: 2,025 English, 467 Chinese, 26 further languages."""

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import yaml
from pydantic import Field

from luthier.core.catalog import Package
from luthier.data.corpus import Corpus
from luthier.data.source import Found

Language = Literal[
    "bn", "de", "en", "es", "fa", "fr", "he", "hi", "hi-Latn", "id", "it", "ja", "ko", "mr",
    "nl", "or", "pt", "ru", "sv", "ta", "te", "th", "tr", "uk", "ur", "yo", "zh", "zh-Hant",
]  # fmt: skip
FOLDERS = MappingProxyType(
    {
        "bn": "bengali",
        "de": "german",
        "en": "english",
        "es": "spanish",
        "fa": "persian",
        "fr": "french",
        "he": "hebrew",
        "hi": "hindi",
        "hi-Latn": "hinglish",
        "id": "indonesian",
        "it": "italian",
        "ja": "japanese",
        "ko": "korean",
        "mr": "marathi",
        "nl": "dutch",
        "or": "oriya",
        "pt": "portuguese",
        "ru": "russian",
        "sv": "swedish",
        "ta": "tamil",
        "te": "telugu",
        "th": "thai",
        "tr": "turkish",
        "uk": "ukrainian",
        "ur": "urdu",
        "yo": "yoruba",
        "zh": "chinese",
        "zh-Hant": "traditionalchinese",
    }
)


# Everything is a string to a base loader: `- - Yes` is an answer, not a truth value.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class SmallTalk(Corpus):
    """The ChatterBot corpus: `messages`, in turn of user and assistant, and their `topic`.

    A last utterance that nobody answers is left out, and so are the few entries of the package
    that hold a single utterance (one of them English).
    """

    package = Package(
        registry="pypi",
        name="chatterbot-corpus",
        version="1.3.3",
        sha256="86de5300afb9a80826386339d3bec79c0a72eb0358abb8327e2ecef5ae0ce154",
        megabytes=1,
        members=("chatterbot_corpus/data/*.yml",),
    )
    licence = "BSD-3-Clause"
    languages = tuple(FOLDERS)
    count = 2025

    def __init__(
        self,
        *,
        language: Annotated[Language, Field(description="of the dialogues; one at a time")] = "en",
    ):
        self.language = FOLDERS[language]

    def rows(self, folder: Path) -> Iterator[Found]:
        """One row per dialogue, by topic and as the topic's file has them."""
        data = folder / "chatterbot_corpus" / "data"
        for file in sorted((data / self.language).glob("*.yml")):
            content = yaml.load(file.read_text("utf-8"), _Loader)
            for number, utterances in enumerate(content["conversations"], start=1):
                if isinstance(utterances, str) or len(utterances) < 2:
                    continue
                fields = {"messages": _messages(utterances), "topic": file.stem}
                yield Found(fields, f"{self.language}/{file.name}, dialogue {number}")


def _messages(utterances: list[str]) -> list[dict[str, str]]:
    answered = utterances[: len(utterances) // 2 * 2]
    return [
        {"role": "assistant" if turn % 2 else "user", "content": content.strip()}
        for turn, content in enumerate(answered)
    ]
