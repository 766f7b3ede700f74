"""Prompts in, answers out, in batches by length, with a cache of keys and values."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import GenerationConfig, LogitsProcessorList, PreTrainedTokenizerBase

from luthier.core.errors import UserError
from luthier.models.cast import CastWeights, autocast_dtype
from luthier.models.decoding import Decoding, RowDraw
from luthier.models.kind import kind_of
from luthier.models.quiet import quiet
from luthier.models.template import ChatTemplate
from luthier.models.token_loop import token_loop

__all__ = ["Decoding", "Generated", "generate", "stop_ids"]

_TOKENS = 16_384
"""Positions per batch, of prompts and answers together: a step reads all weights once, for however
many rows, so many rows share it; but the cache of keys and values has to fit."""
_KEPT = (
    *("bos_token_id", "decoder_start_token_id", "forced_bos_token_id"),
    *("bad_words_ids", "suppress_tokens", "begin_suppress_tokens"),
)
"""What of a model's own generation settings its output makes no sense without."""
_SOFT_PROMPTS = ("PROMPT_TUNING", "P_TUNING")


@dataclass(frozen=True, slots=True)
class Generated:
    """The answers to one batch of prompts.

    Attributes:
        rows: numbers of the prompts.
        answers: of each prompt, `num_samples` answers: tokens without prompt and stop token.
        cut: how many of the prompts had to be cut to fit the model.
    """

    rows: list[int]
    answers: list[list[list[int]]]
    cut: int


def generate(
    network: nn.Module,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[Sequence[int]],
    decoding: Decoding,
    *,
    seed: int,
    autocast: Callable[[], AbstractContextManager[object]],
    first: int = 0,
    keys: Sequence[int] | None = None,
) -> Iterator[Generated]:
    """Answer prompts, longest first, so that a machine they do not fit says so at once.

    An answer depends on its prompt, not on the prompts beside it (but for rounding); what is drawn
    is a function of (seed, row). Of the model's own generation settings only those are heeded that
    name tokens: how to decode is said by `decoding` alone.

    Args:
        network: a decoder or encoder-decoder of transformers, or PEFT's model around one. Between
            two batches it is in the mode it came in, with its own weights, which must not change
            until all is answered.
        tokenizer: its end of text and its chat template's end of turn stop an answer.
        prompts: tokens, at least one each; for an encoder-decoder the input of the encoder.
        decoding: how tokens are chosen.
        seed: of what is drawn.
        autocast: the context that forward passes run in.
        first: number of the first prompt, where all prompts come in several calls.
        keys: what is drawn for each prompt is a function of (seed, key); else of its number.

    Raises:
        UserError: answers of `max_new_tokens` do not fit the model.
    """
    decoder = _Decoder(network, tokenizer, decoding, seed, autocast)
    room = decoder.room()
    lengths = np.array([min(len(prompt), room) for prompt in prompts], np.int64)
    for rows in _batches(lengths, decoding):
        batch = [decoder.fit(prompts[row], room) for row in rows]
        cut = sum(len(prompts[row]) > room for row in rows)
        numbers = [first + row for row in rows]
        drawn = numbers if keys is None else [keys[row] for row in rows]
        yield Generated(numbers, decoder.answers(batch, drawn), cut)


def stop_ids(network: nn.Module, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """The tokens an answer ends at: the model's, the tokenizer's and the chat template's."""
    own = _base(network).generation_config.eos_token_id
    stops = {tokenizer.eos_token_id, *(own if isinstance(own, list) else [own])}
    if tokenizer.chat_template:
        stops.add(ChatTemplate(tokenizer).end_of_turn)
    return frozenset(stops - {None})


class _Decoder:
    """One model, with all that stays the same from batch to batch."""

    def __init__(
        self,
        network: nn.Module,
        tokenizer: PreTrainedTokenizerBase,
        decoding: Decoding,
        seed: int,
        autocast: Callable[[], AbstractContextManager[object]],
    ):
        self.network: Any = network
        self.base = _base(network)
        self.adapter: Any = getattr(network, "active_peft_config", None)
        self.is_decoder = kind_of(self.base.config) == "decoder"
        self.decoding, self.seed, self.autocast = decoding, seed, autocast
        self.bos = tokenizer.bos_token_id
        self.weights: CastWeights | None = None
        self.stops = stop_ids(network, tokenizer)
        self.pad = 0 if tokenizer.pad_token_id is None else tokenizer.pad_token_id
        self.settings = GenerationConfig(
            **{name: getattr(self.base.generation_config, name, None) for name in _KEPT},
            max_new_tokens=decoding.max_new_tokens,
            num_beams=decoding.num_beams,
            repetition_penalty=decoding.repetition_penalty,
            do_sample=False,
            use_cache=True,
            eos_token_id=sorted(self.stops) or None,
            pad_token_id=self.pad,
        )

    def room(self) -> int:
        """How many tokens a prompt may have.

        Raises:
            UserError: none, for answers of this length.
        """
        config, new = self.base.config, self.decoding.max_new_tokens
        written = _positions(config.get_text_config(decoder=True))
        read = _positions(config.get_text_config(encoder=True))
        virtual = getattr(self.adapter, "num_virtual_tokens", 0)
        room = (written - new if self.is_decoder else read) - virtual
        if room < 1 or new >= written:
            raise UserError(
                f"max_new_tokens: {new}, but the model has no more than {written} positions, for "
                "a prompt and its answer. Set it lower."
            )
        return room

    def fit(self, prompt: Sequence[int], room: int) -> Sequence[int]:
        """A prompt in the room there is.

        A decoder goes on where its prompt ends, so it loses the start, but not the start-of-text
        token; an encoder loses the end, but not the token that closes its input.
        """
        if len(prompt) <= room:
            return prompt
        if not self.is_decoder:
            return [*prompt[: room - 1], prompt[-1]]
        bos = [self.bos] if prompt[0] == self.bos and room > 1 else []
        return [*bos, *prompt[len(prompt) - room + len(bos) :]]

    def answers(
        self, prompts: Sequence[Sequence[int]], rows: Sequence[int]
    ) -> list[list[list[int]]]:
        """The answers to one batch, in its order."""
        count = self.decoding.num_samples
        ids, mask = self._padded([prompt for prompt in prompts for _ in range(count)])
        drawing = LogitsProcessorList()
        if self.decoding.temperature > 0:
            drawing.append(RowDraw(self.decoding, self.seed, rows))
        with self._ready():
            output = self._generate(ids, mask, drawing)
        new = output[:, ids.shape[1] :] if self.is_decoder else output[:, 1:]
        found = [self._stopped(tokens) for tokens in new.tolist()]
        return [found[i : i + count] for i in range(0, len(found), count)]

    def _generate(self, ids: Tensor, mask: Tensor, drawing: LogitsProcessorList) -> Tensor:
        inputs = {"input_ids": ids, "attention_mask": mask}
        network = self.network
        if self.is_decoder and getattr(self.adapter, "peft_type", None) in _SOFT_PROMPTS:
            # PEFT drops the positions of a padded batch, so we put its vectors in front ourselves.
            network, inputs = self.base, inputs | self._behind_soft_prompt(ids, mask)
        loop = {"custom_generate": token_loop} if self.decoding.num_beams == 1 else {}
        output: Tensor = network.generate(
            **inputs, **loop, generation_config=self.settings, logits_processor=drawing
        )
        return output

    def _behind_soft_prompt(self, ids: Tensor, mask: Tensor) -> dict[str, Tensor]:
        words = self.base.get_input_embeddings()(ids)
        soft = self.network.get_prompt(batch_size=len(ids)).to(words.dtype)
        seen = mask.new_ones(soft.shape[:2])
        return {
            "inputs_embeds": torch.cat([soft, words], dim=1),
            "attention_mask": torch.cat([seen, mask], dim=1),
        }

    def _padded(self, prompts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Tokens and attention mask (B, L): a decoder's padded left, an encoder's right."""
        width = max(len(prompt) for prompt in prompts)
        ids = np.full((len(prompts), width), self.pad, np.int64)
        mask = np.zeros_like(ids)
        for row, prompt in enumerate(prompts):
            place = slice(width - len(prompt), None) if self.is_decoder else slice(len(prompt))
            if self.is_decoder:
                # With a token of its own: a repetition penalty takes padding for said, too.
                ids[row] = prompt[0]
            ids[row, place], mask[row, place] = prompt, 1
        device = next(self.network.parameters()).device
        return torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)

    def _stopped(self, tokens: list[int]) -> list[int]:
        end = next((i for i, token in enumerate(tokens) if token in self.stops), len(tokens))
        return tokens[:end]

    @contextmanager
    def _ready(self) -> Iterator[None]:
        """The network as it has to be to answer; afterwards it is as it was."""
        before = self.base.generation_config
        # What `generate` is not told it takes from here: it shall find nothing else.
        self.base.generation_config = self.settings
        try:
            with quiet(), _evaluating(self.network), torch.no_grad(), self.autocast():
                if self.weights is None:
                    dtype = autocast_dtype(next(self.network.parameters()).device)
                    self.weights = CastWeights(self.network, dtype)
                with self.weights.in_use():
                    yield
        finally:
            self.base.generation_config = before


def _base(network: nn.Module) -> Any:
    """The model of transformers, also inside PEFT's."""
    wrapper: Any = network
    return wrapper.get_base_model() if hasattr(network, "get_base_model") else network


def _positions(config: Any) -> int:
    positions = getattr(config, "max_position_embeddings", None)
    return positions if isinstance(positions, int) else 2**31  # relative positions have no end


def _batches(lengths: NDArray[np.int64], decoding: Decoding) -> Iterator[list[int]]:
    """Row numbers in batches of at most `_TOKENS` positions, longest rows first."""
    order = np.argsort(-lengths, kind="stable")
    hypotheses = decoding.num_samples * decoding.num_beams
    start = 0
    while start < len(order):
        width = int(lengths[order[start]]) + decoding.max_new_tokens
        end = start + max(1, _TOKENS // (width * hypotheses))
        yield order[start:end].tolist()
        start = end


@contextmanager
def _evaluating(network: nn.Module) -> Iterator[None]:
    """Evaluation mode; afterwards each module is in its own again."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
