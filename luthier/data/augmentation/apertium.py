"""Translation by rules: the program `apertium`, where it is installed."""

import shutil
import subprocess
from collections.abc import Sequence
from typing import final

from luthier.core.errors import UserError
from luthier.data.text.readable import readable

_SECONDS = 300.0
_BREAK = "\n\n"  # ends a sentence for Apertium, and comes back as it is


@final
class Apertium:
    """Texts of one language in another, a process for each call.

    Raises:
        UserError: the program or this pair of languages is not installed.
    """

    def __init__(self, source: str, target: str, seconds: float = _SECONDS):
        self._mode, self._seconds = f"{source}-{target}", seconds
        program = shutil.which("apertium")
        if program is None:
            raise UserError(
                f"back_translate.apertium: the program `apertium` is not installed. On Debian: apt "
                f"install apertium and the package of the pair, such as apertium-{self._mode}."
            )
        self._program = program
        modes = self._run(["-l"], "").split()
        if self._mode not in modes:
            raise UserError(
                f"back_translate.apertium: the pair {self._mode} is not installed. There is: "
                f"{', '.join(sorted(modes)) or 'none'}."
            )

    def __call__(self, texts: Sequence[str]) -> list[str]:
        """Each text translated; words that Apertium does not know stay as they are.

        Raises:
            UserError: the program fails, or takes too long.
        """
        if not texts:
            return []
        # Each text is a paragraph: line breaks within are spaces, and blank lines part them.
        asked = _BREAK.join(" ".join(readable(text).split()) or "." for text in texts)
        found = self._run(["-u", "-f", "txt", self._mode], asked).strip("\n").split(_BREAK)
        if len(found) != len(texts):
            raise UserError(
                f"apertium {self._mode} made {len(found)} paragraphs of {len(texts)}: the pair is "
                "of no use here. Choose another, or translation models."
            )
        return found

    def _run(self, arguments: list[str], text: str) -> str:
        try:
            done = subprocess.run(
                [self._program, *arguments],
                input=text,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=self._seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UserError(
                f"apertium {self._mode}: no translation within {self._seconds:.0f} s."
            ) from None
        if done.returncode:
            raise UserError(f"apertium {self._mode} failed: {done.stderr.strip()[:200]}")
        return done.stdout
