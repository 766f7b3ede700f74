"""A tiny model in the container E5S1, in the dress of the real one."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from luthier.models.e5s1 import Sizes, tensor_shapes

PIECES = [
    *("<s>", "<pad>", "</s>", "<unk>"),
    *("▁a", "b", "▁", "c", "▁fine", "～", "我", "喜欢", "▁我", "1", "2"),
    "<mask>",
]
SIZES = Sizes(
    hidden=32,
    layers=2,
    heads=4,
    feed_forward=64,
    words=20,
    positions=48,
    token_types=2,
    epsilon=1e-12,
)


@dataclass
class Parts:
    """What goes into a file; a test spoils one of them."""

    magic: bytes = b"E5S1"
    version: int = 1
    numbers: tuple[int, ...] = (32, 2, 4, 64, 20, 48, 2)
    epsilon: float = 1e-12
    block: int = 32
    pieces: list[bytes] = field(default_factory=lambda: [piece.encode() for piece in PIECES])
    special: tuple[int, int, int, int] = (0, 2, 1, 3)
    scores: list[float] = field(default_factory=lambda: [-1.0 - i / 8 for i in range(len(PIECES))])
    directory: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Tensor -> (kind, weights, start, size) to write instead of the right ones."""
    left_out: str = ""
    scale: float = 0.5


def drawn(seed: int = 0) -> dict[str, npt.NDArray[np.float32]]:
    """Weights that four bits hold exactly: whole numbers from -8 to 7, halved."""
    random = np.random.default_rng(seed)
    return {
        name: (random.integers(-8, 8, shape) / 2).astype(np.float32)
        for name, shape in tensor_shapes(SIZES).items()
    }


def pack(values: npt.NDArray[np.float32], scale: float) -> bytes:
    """Weights in blocks of Q4_0, all with one scale."""
    blocks = (values.reshape(-1, 32) / 0.5 + 8).astype(np.uint8)
    halves = blocks[:, :16] | blocks[:, 16:] << 4
    scales = np.full((len(blocks), 1), scale, np.float16).view(np.uint8)
    return np.hstack([scales, halves]).tobytes()


def write_e5s1(
    path: Path, tensors: Mapping[str, npt.NDArray[np.float32]], parts: Parts | None = None
) -> Path:
    """The file; matrices of the layers and of the words in Q4_0, all else in fp32."""
    parts = parts or Parts()
    head = parts.magic + struct.pack(
        "<I7ifi", parts.version, *parts.numbers, parts.epsilon, parts.block
    )
    blob = b"".join(parts.pieces)
    ends = np.cumsum([0, *map(len, parts.pieces)]).astype("<u4")
    head += struct.pack("<5iQ", len(parts.pieces), *parts.special, len(blob)) + ends.tobytes()
    head += np.array(parts.scores, "<f4").tobytes() + blob
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0xFF21, 1, 0x21)
    written = {name: tensor for name, tensor in tensors.items() if name != parts.left_out}
    start = len(head) + 4 + sum(2 + len(name) + 21 for name in written)
    directory, body = struct.pack("<i", len(written)), b""
    for name, tensor in written.items():
        kind = int(tensor.ndim == 2 and name not in ("emb.pos", "emb.type"))
        raw = pack(tensor, parts.scale) if kind else tensor.astype("<f4").tobytes()
        entry = parts.directory.get(name, (kind, tensor.size, start + len(body), len(raw)))
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", *entry)
        body += raw
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + directory + body)
    return path
