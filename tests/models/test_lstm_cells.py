"""LSTM and ConvLSTM cells against torch's own and against the equations in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from models.cells.conv_lstm import BottleneckLSTM, ConvLSTMCell
from models.cells.lstm import LSTMCell


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _lstm(inputs: int = 5, hidden: int = 7) -> LSTMCell:
    torch.manual_seed(1)
    cell = LSTMCell(inputs, hidden)
    for parameter in cell.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return cell


def test_lstm_agrees_with_torchs_own_over_a_long_clip() -> None:
    cell = _lstm()
    theirs = torch.nn.LSTM(5, 7, batch_first=True)
    theirs.load_state_dict(
        {
            "weight_ih_l0": cell.from_input.weight,
            "weight_hh_l0": cell.from_hidden.weight,
            "bias_ih_l0": cell.from_input.bias,
            "bias_hh_l0": torch.zeros(28),
        }
    )
    clip = torch.randn(3, 300, 5)
    wanted, (_, wanted_c) = theirs(clip)
    h = c = torch.zeros(3, 7)
    for t in range(clip.shape[1]):
        h, c = cell(clip[:, t], h, c)
        torch.testing.assert_close(h, wanted[:, t], atol=1e-5, rtol=0)
    torch.testing.assert_close(c, wanted_c[0], atol=1e-5, rtol=0)


def test_lstm_follows_the_equations() -> None:
    cell = _lstm()
    value = {name: p.detach().double().numpy() for name, p in cell.named_parameters()}
    h = c = np.zeros((2, 7))
    ours_h = ours_c = torch.zeros(2, 7)
    for x in np.random.default_rng(0).normal(size=(40, 2, 5)):
        gates = x @ value["from_input.weight"].T + value["from_input.bias"]
        i, f, g, o = np.split(gates + h @ value["from_hidden.weight"].T, 4, axis=1)
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        h = _sigmoid(o) * np.tanh(c)
        ours_h, ours_c = cell(torch.from_numpy(x).float(), ours_h, ours_c)
        np.testing.assert_allclose(ours_h.detach(), h, atol=1e-5)
        np.testing.assert_allclose(ours_c.detach(), c, atol=1e-5)


def test_lstm_starts_out_remembering() -> None:
    """With an open forget gate, most of the cell state outlasts a step of no input."""
    cell = LSTMCell(4, 6)
    _, c = cell(torch.zeros(1, 4), torch.zeros(1, 6), torch.ones(1, 6))
    assert c.min() > 0.7


def _maps(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_conv_lstm_of_one_pixel_is_an_lstm() -> None:
    lstm, conv = _lstm(), ConvLSTMCell(5, 7, kernel=1)
    joined = torch.cat((lstm.from_input.weight, lstm.from_hidden.weight), dim=1)
    conv.gates.load_state_dict({"weight": joined[..., None, None], "bias": lstm.from_input.bias})
    x, h, c = _maps(2, 5, 1, 1), _maps(2, 7, 1, 1, seed=1), _maps(2, 7, 1, 1, seed=2)
    flat = lstm(x.flatten(1), h.flatten(1), c.flatten(1))
    for ours, wanted in zip(conv(x, h, c), flat, strict=True):
        torch.testing.assert_close(ours.flatten(1), wanted)


def test_conv_lstm_follows_the_equations() -> None:
    """Equation 3 of Shi et al. 2015 without peepholes, each gate convolved by itself in float64."""
    torch.manual_seed(0)
    cell = ConvLSTMCell(3, 4).double()
    weights, biases = cell.gates.weight.chunk(4), cell.gates.bias.chunk(4)
    h = c = ours_h = ours_c = torch.zeros(2, 4, 6, 5, dtype=torch.float64)
    for t in range(10):
        x = _maps(2, 3, 6, 5, seed=t).double()
        i, f, g, o = (
            functional.conv2d(x, w[:, :3], b, padding=1) + functional.conv2d(h, w[:, 3:], padding=1)
            for w, b in zip(weights, biases, strict=True)
        )
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        ours_h, ours_c = cell(x, ours_h, ours_c)
        torch.testing.assert_close(ours_h, h)
        torch.testing.assert_close(ours_c, c)


def test_bottleneck_follows_the_equations() -> None:
    """Section 3.3 of Liu & Zhu 2018 with ReLU6 as φ, in float64."""
    torch.manual_seed(0)
    cell = BottleneckLSTM(3, 4).double()
    weights, biases = cell.gates.weight.chunk(4), cell.gates.bias.chunk(4)
    h = c = ours_h = ours_c = torch.zeros(2, 4, 6, 5, dtype=torch.float64)
    for t in range(10):
        x = _maps(2, 3, 6, 5, seed=t).double() * 3
        b = functional.relu6(cell.mix(cell.mix_depthwise(torch.cat((x, h), dim=1))))
        spread = cell.gates_depthwise(b)
        i, f, g, o = (
            functional.conv2d(spread, w, bias) for w, bias in zip(weights, biases, strict=True)
        )
        c = f.sigmoid() * c + i.sigmoid() * g.clamp(0, 6)
        h = o.sigmoid() * c.clamp(0, 6)
        ours_h, ours_c = cell(x, ours_h, ours_c)
        torch.testing.assert_close(ours_h, h)
        torch.testing.assert_close(ours_c, c)


@pytest.mark.parametrize("build", [ConvLSTMCell, BottleneckLSTM])
def test_gradients_reach_back_three_hundred_frames(build: type[torch.nn.Module]) -> None:
    torch.manual_seed(0)
    cell = build(3, 4)
    first = _maps(1, 3, 4, 4).requires_grad_()
    h = c = torch.zeros(1, 4, 4, 4)
    for t in range(300):
        h, c = cell(first if t == 0 else _maps(1, 3, 4, 4, seed=t), h, c)
    h.square().sum().backward()
    for gradient in (first.grad, *(p.grad for p in cell.parameters())):
        assert gradient is not None and torch.isfinite(gradient).all()
        assert gradient.norm() < 1e4
