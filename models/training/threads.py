"""How much of the machine training takes."""

import torch


def limit_threads(count: int) -> None:
    """Let torch compute with `count` threads, in this process."""
    torch.set_num_threads(count)
