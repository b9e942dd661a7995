"""What a confined process is asked: apart from whoever asks, of whom the process needs nothing else."""

from typing import TypeAlias

Frame: TypeAlias = tuple[bytes, ...]
"""A question in parts, so that the message in it need not be copied."""
