"""What happens now and may take a while, for whoever listens: the command line shows it."""

import logging

LOG = logging.getLogger("luthier")


def announce(line: str) -> None:
    """Say something to people, without knowing who listens (logging, level INFO)."""
    LOG.info("%s", line)
