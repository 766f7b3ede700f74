"""Tasks whose answer is a text that the model writes: what they share."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedConfig, PreTrainedTokenizerBase

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.text.readable import readable
from luthier.models.chat import Conversation
from luthier.models.generate import Decoding, generate
from luthier.models.kind import Kind, kind_of
from luthier.models.network import Network
from luthier.scoring.answers import Answers, TextAnswers
from luthier.scoring.metric import Metric
from luthier.scoring.reward import rewards_of, total
from luthier.scoring.standard import metrics_of
from luthier.tasks.deciding import must_be_among
from luthier.tasks.documents import cut_documents
from luthier.tasks.encoded import Encoded, EncodedBatch, Indices
from luthier.tasks.head_positions import project
from luthier.tasks.projection import Projection
from luthier.tasks.prompts import Prompted, prompted, prompted_pairs
from luthier.tasks.task import Asked, Batch, Outputs, Targets, Task
from luthier.tasks.writing_options import ChatTemplate

IGNORED = -100
_TARGETS = ("labels", "weights")
_SHOWN = 5


class Writing(Task):
    """A task that a model answers by writing, token by token.

    A decoder continues the prompt, in its chat template if it has one; an encoder-decoder reads the
    prompt and writes the answer. One encoding of a row serves the loss, the perplexity and the
    generation: what the model is asked is what stood before the answers it was tuned on.
    """

    wanted: ClassVar[tuple[Any, ...]] = ()
    """The metrics of written answers, as a recipe would write them."""
    document: ClassVar[str | None] = None
    """The field that may lose its end where a prompt is too long; None if nothing may."""

    def __init__(
        self,
        decoding: Decoding,
        chat_template: ChatTemplate,
        metric: str | None = None,
        rewards: Sequence[Any] = (),
        *,
        instruction: str = "",
    ):
        self._decoding = decoding
        self._instruction = instruction
        self._wants_chat = chat_template == "auto"
        self._metric = metric
        self._rewards = rewards_of(rewards)
        self._kind: Kind = "decoder"
        self._is_chat = False
        if metric is not None:
            must_be_among(metric, self.metrics(), type(self).__module__.rpartition(".")[2])

    @abstractmethod
    def prompt_of(self, row: Row) -> str:
        """What a row asks, without the instruction."""

    @abstractmethod
    def references_of(self, row: Row) -> list[str]:
        """The acceptable answers; none if the row has none."""

    def conversation_of(self, row: Row) -> Conversation:
        """A row for a model that chats: the question, and the answer if it is known."""
        turns = [{"role": "user", "content": self._instruction + self.prompt_of(row)}]
        if references := self.references_of(row):
            turns.append({"role": "assistant", "content": references[0]})
        return Conversation(turns)

    def suit(self, config: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase) -> str:
        """A decoder continues, an encoder-decoder translates, an encoder cannot write.

        Raises:
            UserError: an encoder.
        """
        self._kind = kind_of(config)
        if self._kind == "encoder":
            raise UserError(
                f"model.base: a {config.model_type} model reads text but cannot write any. Choose "
                "a decoder such as catalog:smollm2-135m, or an encoder-decoder."
            )
        self._is_chat = (
            self._kind == "decoder" and self._wants_chat and tokenizer.chat_template is not None
        )
        is_decoder = self._kind == "decoder"
        return "AutoModelForCausalLM" if is_decoder else "AutoModelForSeq2SeqLM"

    def encode(
        self, rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> EncodedBatch:
        """Prompt and answer as tokens, and the weight of each in the loss.

        Raises:
            UserError: rows that the chat template refuses.
        """
        lost = [0] * len(rows)
        if self.document is not None:
            room = max_length - (0 if self._is_pair else self._decoding.max_new_tokens)
            rows, lost = self._cut(rows, self.document, tokenizer, room)
        found = self._prompted(rows, tokenizer, max_length)
        lists: dict[str, list[list[int]] | list[list[float]]] = {"weights": found.weights}
        if found.answers is not None:
            lists["answers"] = found.answers
        return EncodedBatch(
            {"input_ids": found.ids},
            {"prompt_length": found.prompt_lengths},
            [full + more for full, more in zip(found.full_lengths, lost, strict=True)],
            [row.id for row in rows],
            lists,
        )

    @property
    def _is_pair(self) -> bool:
        return self._kind == "encoder_decoder"

    def _prompted(
        self, rows: Sequence[Row], tokenizer: PreTrainedTokenizerBase, max_length: int
    ) -> Prompted:
        if self._is_chat:
            chats = [self.conversation_of(row) for row in rows]
            names = [f"row {row.id[:8]}" for row in rows]
            return prompted(chats, tokenizer, max_length, learn=self.learns, names=names)
        prompts = [readable(self._instruction + self.prompt_of(row)) for row in rows]
        known = [self.references_of(row) for row in rows]
        answers = [readable(one[0]) if one else None for one in known]
        if self._is_pair:
            most = self._decoding.max_new_tokens
            return prompted_pairs(prompts, answers, tokenizer, max_length, most)
        return prompted(list(zip(prompts, answers, strict=True)), tokenizer, max_length)

    @property
    def learns(self) -> Any:
        """Which messages of a conversation the loss is on."""
        return "assistant"

    def _cut(
        self, rows: Sequence[Row], field: str, tokenizer: PreTrainedTokenizerBase, room: int
    ) -> tuple[list[Row], list[int]]:
        """Rows whose document leaves room for the answer, and how many tokens each lost."""
        empty = [Row({field: ""})]
        frame = len(self._prompted(empty, tokenizer, 2**31).ids[0])
        if frame + 8 > room:
            raise UserError(
                f"model.max_length: leaves no room for a text beside {frame} tokens of instruction "
                f"and {self._decoding.max_new_tokens} of answer. Raise it, or lower max_new_tokens."
            )
        cut = cut_documents([str(row[field]) for row in rows], tokenizer, room - frame)
        shorter = [
            Row({**row.fields, field: text}, row.derived_from) if lost else row
            for row, (text, lost) in zip(rows, cut, strict=True)
        ]
        return shorter, [lost for _, lost in cut]

    def must_learn(self, train: Encoded) -> None:
        """Make sure that every training row has a token that the loss is on.

        Raises:
            UserError: some have none, such as a conversation cut before its answer.
        """
        weights = train.lists["weights"]
        sums = np.concatenate([[0.0], np.cumsum(weights.flat, dtype=np.float64)])[weights.offsets]
        silent = np.flatnonzero(np.diff(sums) <= 0)
        if len(silent):
            cut = int((train.full_lengths[silent] > train.lengths[silent]).sum())
            ids = [one.decode()[:8] for one in train.ids[silent[:_SHOWN]].tolist()]
            more = ", ..." if len(silent) > _SHOWN else ""
            raise UserError(
                f"{len(silent):,} of {len(train):,} training rows have no token that the loss is "
                f"on ({', '.join(ids)}{more}); {cut:,} of them were cut before their answer. Raise "
                "model.max_length, or leave such rows out."
            )

    def collate(self, encoded: Encoded, rows: Indices, padding: Mapping[str, int]) -> Batch:
        """`input_ids`, `attention_mask` (B, L); `labels` and `weights` (B, T).

        `labels` holds at every position the token that is to be written there, and `IGNORED` where
        none is asked for. T is L for a decoder, whose position t writes token t + 1; for an
        encoder-decoder it is the length of the answers.
        """
        batch = {name: torch.from_numpy(c) for name, c in encoded.padded(rows, padding).items()}
        weights = torch.from_numpy(encoded.lists["weights"].padded(rows, 0.0)).float()
        if self._is_pair:
            written = torch.from_numpy(encoded.lists["answers"].padded(rows, IGNORED))
        else:
            written = batch["input_ids"].roll(-1, dims=1)
            weights = weights.roll(-1, dims=1)
            weights[:, -1] = 0
        batch["labels"] = written.masked_fill(weights == 0, IGNORED)
        batch["weights"] = weights
        return batch

    def forward(self, model: Network, batch: Batch) -> Projection:
        """The logits of the M supervised positions alone, not made yet."""
        inputs = {name: values for name, values in batch.items() if name not in _TARGETS}
        if self._is_pair:
            shift: Any = model.prepare_decoder_input_ids_from_labels
            inputs["decoder_input_ids"] = shift(batch["labels"])
        return project(model, inputs, batch["labels"] != IGNORED)

    def targets(self, batch: Batch) -> Targets:
        """The tokens that are to be written, with the weights of their messages."""
        is_asked = batch["labels"] != IGNORED
        return Targets("classes", batch["labels"][is_asked], batch["weights"][is_asked])

    def owners(self, batch: Batch) -> torch.Tensor:
        """The rows of the tokens that are to be written."""
        return (batch["labels"] != IGNORED).nonzero()[:, 0]

    def logits(self, output: Projection, batch: Batch) -> torch.Tensor:
        """All of them, in fp32: (M, V)."""
        return output.logits()

    @torch.inference_mode()
    def read(self, output: Projection, batch: Batch) -> Outputs:
        """Of each row's supervised tokens: sum of -log p, number, and how many were likeliest.

        Returns:
            (B, 3).
        """
        is_asked = batch["labels"] != IGNORED
        labels = batch["labels"][is_asked]
        of_row = is_asked.nonzero()[:, 0]
        sums = torch.zeros(len(is_asked), 3, device=labels.device)
        for part in output.parts():
            logits = output.of(part).logits()
            each = cross_entropy(logits, labels[part], reduction="none")
            is_right = (logits.argmax(-1) == labels[part]).float()
            facts = torch.stack([each, torch.ones_like(each), is_right], 1)
            sums.index_add_(0, of_row[part], facts)
        found: Outputs = sums.cpu().numpy()
        return found

    @property
    def new_tokens(self) -> int:
        """What an answer of a decoder takes; an encoder-decoder's has positions of its own.

        Where documents are cut, they leave room for the answer within what is read.
        """
        return 0 if self._is_pair or self.document else self._decoding.max_new_tokens

    def reply(self, asked: Asked, encoded: Encoded) -> Sequence[Any]:
        """The texts that the model writes to the prompts."""
        return [samples[0].strip() for samples in self.written(asked, encoded)]

    def written(self, asked: Asked, encoded: Encoded) -> list[list[str]]:
        """All that the model writes to each prompt, to the letter: `num_samples` texts."""
        lengths = encoded.values["prompt_length"]
        flat, starts = encoded.tokens["input_ids"], encoded.offsets[:-1]
        prompts = [
            flat[start : start + length].tolist()
            for start, length in zip(starts, lengths, strict=True)
        ]
        texts: list[list[str]] = [[]] * len(prompts)
        for done in generate(
            asked.network,
            asked.tokenizer,
            prompts,
            self._decoding,
            seed=asked.seed,
            autocast=asked.autocast,
            keys=asked.keys,
        ):
            for row, answers in zip(done.rows, done.answers, strict=True):
                texts[row] = asked.tokenizer.batch_decode(answers, skip_special_tokens=True)
        return texts

    def answers(
        self,
        outputs: Outputs,
        replies: Sequence[Any] | None,
        encoded: Encoded,
        rows: Iterable[Row],
    ) -> Answers:
        """What was written beside the acceptable answers, and how likely those were."""
        assert isinstance(outputs, np.ndarray)
        columns = np.asarray(outputs, np.float64).T
        numbers = dict(zip(("nll", "tokens", "right"), columns, strict=True))
        if not numbers["tokens"].any():
            numbers = {}
        if replies is None:
            references = [self.references_of(row) for row in rows]
            return TextAnswers(references, [""] * len(references), numbers)
        said = self.said(replies, rows)
        return replace(said, numbers={**numbers, **said.numbers})

    def said(self, texts: Sequence[str], rows: Iterable[Row]) -> TextAnswers:
        """Texts as the answers to rows, whoever wrote them, with the reward that they earn."""
        references, earned = [], []
        for row, text in zip(rows, texts, strict=True):
            references.append(self.references_of(row))
            earned.append(total(self._rewards, self.prompt_of(row), text, references[-1]))
        return TextAnswers(references, texts, {"reward": np.array(earned)} if self._rewards else {})

    def render(self, row: Row, tokenizer: PreTrainedTokenizerBase, max_length: int) -> str:
        """The tokens the model sees, those the loss is on between ⟦ and ⟧."""
        batch = self.encode([row], tokenizer, max_length)
        weights, ids = batch.lists["weights"][0], batch.tokens["input_ids"][0]
        cut = batch.full_lengths[0] - len(ids)
        told = f" … {cut} tokens cut off" if cut > 0 else ""
        if self._is_pair:
            answer = tokenizer.decode([int(token) for token in batch.lists["answers"][0]])
            return f"{tokenizer.decode(ids)}{told} → ⟦{answer}⟧"
        pieces: list[str] = []
        start = 0
        for i in range(1, len(ids) + 1):
            if i == len(ids) or (weights[i] > 0) != (weights[start] > 0):
                text = str(tokenizer.decode(ids[start:i]))
                pieces.append(f"⟦{text}⟧" if weights[start] > 0 else text)
                start = i
        return "".join(pieces) + told

    @property
    def judged_by(self) -> Sequence[Any]:
        """The metrics of written answers: the wanted ones, and the reward if there is any."""
        return [*self.wanted, *(["reward"] if self._rewards else [])]

    def metrics(self) -> list[Metric[Any]]:
        """Those of written answers, and perplexity and accuracy of the next token."""
        return metrics_of([*self.judged_by, *_OF_TOKENS])

    def validation_metrics(self) -> list[Metric[Any]]:
        """Perplexity and accuracy of the next token: writing would take too long."""
        return metrics_of(_OF_TOKENS)

    @property
    def primary(self) -> str:
        """What the recipe names, else the first of the task's metrics."""
        return self._metric or self.metrics()[0].name()

    @property
    def chooses(self) -> str:
        """The loss, since nothing is written during training."""
        return "loss"


_OF_TOKENS = ("perplexity", "token_accuracy")
