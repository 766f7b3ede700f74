"""Short mails with a pattern to learn, written by a seeded generator."""

import csv
import random
from pathlib import Path

SPAM = ["cheap", "pills", "buy", "now", "win", "money", "free", "offer", "click", "here"]
HAM = ["meeting", "report", "lunch", "team", "project", "thanks", "see", "you", "tomorrow"]
PLAIN = ["the", "a", "of", "to", "and", "is", "on", "in", "it", "that"]


def write_mails(path: Path, rows: int = 240, *, seed: int = 0, noise: float = 0.0) -> Path:
    """A csv of `text,label`, half spam and half ham, all texts distinct."""
    draw = random.Random(seed)
    seen: set[str] = set()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        while len(seen) < rows:
            label = "spam" if len(seen) % 2 else "ham"
            words = SPAM if (label == "spam") != (draw.random() < noise) else HAM
            size = draw.randint(4, 30)
            text = " ".join(
                draw.choice(words if draw.random() < 0.5 else PLAIN) for _ in range(size)
            )
            if text not in seen:
                seen.add(text)
                writer.writerow([text, label])
    return path
