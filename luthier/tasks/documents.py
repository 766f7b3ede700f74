"""Documents that are too long lose their end, so that instruction and answer stay whole."""

from collections.abc import Sequence

from transformers import PreTrainedTokenizerBase

from luthier.data.text.readable import readable


def cut_documents(
    texts: Sequence[str], tokenizer: PreTrainedTokenizerBase, most: int
) -> list[tuple[str, int]]:
    """Each text up to its first `most` tokens, and how many tokens were cut off.

    All texts are tokenized in one call in Rust; a cut falls between two tokens' characters.
    """
    sound = [readable(text) for text in texts]
    found = tokenizer(
        sound,
        add_special_tokens=False,
        return_attention_mask=False,
        return_offsets_mapping=True,
        verbose=False,
    )
    return [
        (text, 0) if len(spans) <= most else (text[: spans[most - 1][1]], len(spans) - most)
        for text, spans in zip(sound, found["offset_mapping"], strict=True)
    ]
