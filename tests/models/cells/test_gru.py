from __future__ import annotations

import torch

from models.cells.gru import GRUCell


def _twins(inputs: int, hidden: int) -> tuple[GRUCell, torch.nn.GRU]:
    """Return a cell and torch's own layer with the same random weights."""
    torch.manual_seed(2)
    theirs = torch.nn.GRU(inputs, hidden, batch_first=True)
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter, std=0.4)
    ours = GRUCell(inputs, hidden)
    bias_h = theirs.bias_hh_l0.detach()
    shared = torch.cat((bias_h[: 2 * hidden], torch.zeros(hidden)))
    ours.load_state_dict(
        {
            "from_input.weight": theirs.weight_ih_l0.detach(),
            "from_input.bias": theirs.bias_ih_l0.detach() + shared,
            "from_hidden.weight": theirs.weight_hh_l0.detach(),
            "candidate_bias": bias_h[2 * hidden :],
        }
    )
    return ours, theirs


def test_agrees_with_torchs_own():
    ours, theirs = _twins(5, 7)
    clip = torch.randn(3, 60, 5)
    wanted, _ = theirs(clip)
    h = torch.zeros(3, 7)
    for t in range(clip.shape[1]):
        (h,) = ours(clip[:, t], h)
        torch.testing.assert_close(h, wanted[:, t], atol=1e-5, rtol=0)


def test_gradients_agree_with_torchs_own():
    ours, theirs = _twins(4, 6)
    clip = torch.randn(2, 20, 4)
    theirs(clip)[0][:, -1].square().sum().backward()
    h = torch.zeros(2, 6)
    for t in range(clip.shape[1]):
        (h,) = ours(clip[:, t], h)
    h.square().sum().backward()
    torch.testing.assert_close(ours.from_input.weight.grad, theirs.weight_ih_l0.grad)
    torch.testing.assert_close(ours.from_hidden.weight.grad, theirs.weight_hh_l0.grad)
    torch.testing.assert_close(ours.candidate_bias.grad, theirs.bias_hh_l0.grad[12:])
