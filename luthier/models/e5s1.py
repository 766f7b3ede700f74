"""The container E5S1: a small BERT in 4 bits, together with the pieces of its tokenizer.

Little-endian, in this order: `E5S1` and the version (1); seven integers (hidden size, layers,
heads, feed-forward size, rows of the word embedding, positions, token types), the epsilon of the
layer norms, weights per block; the number of pieces and the ids of bos, eos, pad and unk; the
size of all pieces, their offsets, their scores, the pieces; a map of single characters (a count, a
size, the map); the directory of tensors. A tensor is fp32, or Q4_0: blocks of 32 weights, an fp16
scale and 16 bytes, of which the low halves are weights 0 to 15 and the high halves 16 to 31, each
minus 8, times the scale.
"""

import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from luthier.core.errors import UserError

Floats = npt.NDArray[np.float32]

_BLOCK = 32
_BLOCK_BYTES = 18
_FLOAT, _Q4 = 0, 1
_MAX_NAME = 23


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shape of a BERT; `epsilon` is that of its layer norms."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    words: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The vocabulary of a unigram tokenizer: pieces with log probabilities, and special ids."""

    texts: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int


class Container:
    """A file of this kind, checked from end to end before a single weight is decoded.

    Args:
        path: the file; what is in it may have been made to do harm.

    Raises:
        UserError: it is no such file, or damaged; nothing larger than the file is held by then.
    """

    def __init__(self, path: Path):
        self._name = path.name
        self._bytes: npt.NDArray[np.uint8] = np.fromfile(path, np.uint8)
        self._at = 0
        self.sizes = self._read_sizes()
        self.pieces = self._read_pieces()
        self._skip_characters()
        self._tensors = self._read_directory()

    def tensors(self) -> Iterator[tuple[str, Floats]]:
        """Each tensor in fp32 by its name here, in the order of `tensor_shapes`.

        Raises:
            UserError: it holds a weight that is no finite number.
        """
        for name, shape in tensor_shapes(self.sizes).items():
            kind, start, size = self._tensors[name]
            raw = self._bytes[start : start + size]
            values = _decode(raw) if kind == _Q4 else raw.view("<f4").astype(np.float32)
            if not np.isfinite(values).all():
                self._refuse(f"{name} holds what is no finite number")
            yield name, values.reshape(shape)

    def _read_sizes(self) -> Sizes:
        magic, version = self._unpack("4sI")
        if magic != b"E5S1" or version != 1:
            self._refuse("it is no E5S1 file of version 1")
        *numbers, epsilon, block = self._unpack("7ifi")
        hidden, layers, heads, feed_forward, words, positions, token_types = numbers
        if min(numbers) < 1 or hidden % heads or not 0 < epsilon < 1:
            self._refuse("its sizes make no model")
        if block != _BLOCK or hidden % _BLOCK or feed_forward % _BLOCK:
            self._refuse(f"its sizes do not divide into blocks of {_BLOCK}")
        shortest = float(np.format_float_positional(np.float32(epsilon)))  # 1e-12 as it was meant
        return Sizes(hidden, layers, heads, feed_forward, words, positions, token_types, shortest)

    def _read_pieces(self) -> Pieces:
        count, bos, eos, pad, unk = self._unpack("5i")
        (size,) = self._unpack("Q")
        if not 1 <= count <= self.sizes.words or not all(
            0 <= special < count for special in (bos, eos, pad, unk)
        ):
            self._refuse("its vocabulary does not fit its special tokens or its embedding")
        offsets = self._take(4 * (count + 1)).view("<u4").tolist()
        scores = self._take(4 * count).view("<f4")
        blob = self._take(size).tobytes()
        if offsets[0] != 0 or offsets[-1] != size or not np.isfinite(scores).all():
            self._refuse("its vocabulary is damaged")
        return Pieces(self._texts(blob, offsets), scores.tolist(), bos, eos, pad, unk)

    def _texts(self, blob: bytes, offsets: list[int]) -> list[str]:
        if any(start >= end for start, end in pairwise(offsets)):
            self._refuse("its vocabulary is damaged")
        try:
            texts = [blob[start:end].decode() for start, end in pairwise(offsets)]
        except UnicodeDecodeError:
            self._refuse("its vocabulary is not UTF-8")
        if len(set(texts)) != len(texts):
            self._refuse("its vocabulary holds a piece twice")
        return texts

    def _skip_characters(self) -> None:
        _, size = self._unpack("iI")
        self._take(size)

    def _read_directory(self) -> dict[str, tuple[int, int, int]]:
        # How much must be there is known from the sizes; only where it lies is not.
        (count,) = self._unpack("i")
        if count != 5 + 16 * self.sizes.layers:
            self._refuse(f"its directory has {count} tensors, which is not what its sizes need")
        listed = dict(self._read_entry() for _ in range(count))
        reached = self._at
        for name, shape in tensor_shapes(self.sizes).items():
            kind, weights, start, size = listed.get(name) or self._refuse(f"it lacks {name}")
            expected = 4 * weights if kind == _FLOAT else weights // _BLOCK * _BLOCK_BYTES
            if kind not in (_FLOAT, _Q4) or weights != math.prod(shape) or size != expected:
                self._refuse(f"{name} is not of the size {shape}")
            if not reached <= start <= len(self._bytes) - size:
                self._refuse(f"{name} lies outside of the file, or inside another tensor")
            reached = start + size
        return {name: (kind, start, size) for name, (kind, _, start, size) in listed.items()}

    def _read_entry(self) -> tuple[str, tuple[int, int, int, int]]:
        (length,) = self._unpack("H")
        if length > _MAX_NAME:
            self._refuse("its directory is damaged")
        name = self._take(length).tobytes().decode("latin-1")
        kind, weights, start, size = self._unpack("BIQQ")
        return name, (kind, weights, start, size)

    def _unpack(self, layout: str) -> tuple[Any, ...]:
        layout = f"<{layout}"
        return struct.unpack(layout, self._take(struct.calcsize(layout)).tobytes())

    def _take(self, size: int) -> npt.NDArray[np.uint8]:
        if size > len(self._bytes) - self._at:
            self._refuse("it ends too early")
        self._at += size
        return self._bytes[self._at - size : self._at]

    def _refuse(self, why: str) -> NoReturn:
        raise UserError(f"{self._name} is damaged: {why}. Fetch it again.")


def tensor_shapes(sizes: Sizes) -> Mapping[str, tuple[int, ...]]:
    """Every tensor that a container of these sizes holds, in the order in which they lie."""
    hidden, inner = sizes.hidden, sizes.feed_forward
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (sizes.words, hidden),
        "emb.pos": (sizes.positions, hidden),
        "emb.type": (sizes.token_types, hidden),
        "emb.ln.w": (hidden,),
        "emb.ln.b": (hidden,),
    }
    for layer in range(sizes.layers):
        for part in ("q", "k", "v", "ao"):
            shapes[f"l{layer}.{part}.w"] = (hidden, hidden)
            shapes[f"l{layer}.{part}.b"] = (hidden,)
        shapes |= {f"l{layer}.aln.{kind}": (hidden,) for kind in "wb"}
        shapes |= {f"l{layer}.fi.w": (inner, hidden), f"l{layer}.fi.b": (inner,)}
        shapes |= {f"l{layer}.fo.w": (hidden, inner), f"l{layer}.fo.b": (hidden,)}
        shapes |= {f"l{layer}.oln.{kind}": (hidden,) for kind in "wb"}
    return shapes


def _decode(raw: npt.NDArray[np.uint8]) -> Floats:
    blocks = raw.reshape(-1, _BLOCK_BYTES)
    values = np.empty((len(blocks), _BLOCK), np.float32)
    halves = blocks[:, 2:]
    np.subtract(halves & 15, 8, out=values[:, :16], dtype=np.float32)
    np.subtract(halves >> 4, 8, out=values[:, 16:], dtype=np.float32)
    values *= blocks[:, :2].copy().view("<f2").astype(np.float32)
    return values
