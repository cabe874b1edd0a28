from __future__ import annotations

import numpy as np
import pytest
import torch

from models.cells.lstm import LSTMCell
from models.cells.peephole import PeepholeLSTMCell


def _cell(inputs: int = 5, hidden: int = 7) -> PeepholeLSTMCell:
    torch.manual_seed(3)
    cell = PeepholeLSTMCell(inputs, hidden)
    for parameter in cell.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return cell


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _reference(cell: PeepholeLSTMCell, xs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fold the equations of Gers & Schmidhuber over (T, B, I) in float64; return every h and c."""
    value = {name: p.detach().double().numpy() for name, p in cell.named_parameters()}
    w_xi, w_xf, w_xg, w_xo = np.split(value["from_input.weight"], 4)
    w_hi, w_hf, w_hg, w_ho = np.split(value["from_hidden.weight"], 4)
    b_i, b_f, b_g, b_o = np.split(value["from_input.bias"], 4)
    h = c = np.zeros((xs.shape[1], cell.hidden_size))
    hs, cs = [], []
    for x in xs:
        i = _sigmoid(x @ w_xi.T + h @ w_hi.T + value["peep_input"] * c + b_i)
        f = _sigmoid(x @ w_xf.T + h @ w_hf.T + value["peep_forget"] * c + b_f)
        g = np.tanh(x @ w_xg.T + h @ w_hg.T + b_g)
        c = f * c + i * g
        o = _sigmoid(x @ w_xo.T + h @ w_ho.T + value["peep_output"] * c + b_o)
        h = o * np.tanh(c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs), np.stack(cs)


def test_follows_the_papers_equations():
    cell = _cell()
    xs = np.random.default_rng(1).normal(size=(50, 3, 5))
    wanted_h, wanted_c = _reference(cell, xs)
    h = c = torch.zeros(3, 7)
    for t, x in enumerate(torch.from_numpy(xs).float()):
        h, c = cell(x, h, c)
        np.testing.assert_allclose(h.detach(), wanted_h[t], atol=1e-5)
        np.testing.assert_allclose(c.detach(), wanted_c[t], atol=1e-5)


def test_is_an_ordinary_lstm_while_its_peepholes_are_shut():
    torch.manual_seed(1)
    peephole, plain = PeepholeLSTMCell(4, 6), LSTMCell(4, 6)
    plain.load_state_dict(
        {k: v for k, v in peephole.state_dict().items() if not k.startswith("peep_")}
    )
    x, h, c = torch.randn(2, 4), torch.randn(2, 6), torch.randn(2, 6)
    torch.testing.assert_close(peephole(x, h, c), plain(x, h, c))


def test_the_output_gate_sees_the_new_cell_state():
    """Not the old one, as article 004 has it: with c = 0 the old one could change nothing."""
    cell = _cell()
    x, zeros = torch.randn(2, 5), torch.zeros(2, 7)
    before, _ = cell(x, zeros, zeros)
    with torch.no_grad():
        cell.peep_output.add_(2.0)
    after, _ = cell(x, zeros, zeros)
    assert not torch.allclose(before, after, atol=1e-3)


@pytest.mark.parametrize("name", ["peep_input", "peep_forget", "peep_output"])
def test_every_peephole_learns(name: str):
    cell = _cell()
    h, c = cell(torch.randn(2, 5), torch.randn(2, 7), torch.randn(2, 7))
    (h.sum() + c.sum()).backward()
    gradient = dict(cell.named_parameters())[name].grad
    assert gradient is not None
    assert gradient.abs().min() > 0
