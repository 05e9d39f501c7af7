"""Fifteen PyTorch networks of 20 numbers a row: six months of three channels, and two numbers beside."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

MONTHS, CHANNELS, BESIDE = 6, 3, 2
COLUMNS = MONTHS * CHANNELS + BESIDE
EPOCHS, BATCH, RATE = 8, 512, 2e-3


class Residual(nn.Module):
    def __init__(self, width: int = 48) -> None:
        super().__init__()
        self.first, self.norm = nn.Linear(COLUMNS, width), nn.BatchNorm1d(width)
        self.blocks = nn.ModuleList([nn.Linear(width, width) for _ in range(2)])
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        held = torch.relu(self.norm(self.first(x)))
        for block in self.blocks:
            held = held + torch.relu(block(held))
        return torch.sigmoid(self.head(held))


class Deep(nn.Module):
    """A wide path beside a deep one."""

    def __init__(self) -> None:
        super().__init__()
        self.deep = nn.Sequential(nn.Linear(COLUMNS, 64), nn.SiLU(), nn.Linear(64, 32), nn.SiLU())
        self.head = nn.Linear(32 + COLUMNS, 2)

    def forward(self, x):
        return torch.softmax(self.head(torch.cat([self.deep(x), x], dim=1)), dim=1)


class Recurrent(nn.Module):
    def __init__(self, kind: type[nn.RNNBase], ways: int = 1, layers: int = 1, units: int = 32) -> None:
        super().__init__()
        self.cell = kind(CHANNELS, units, layers, batch_first=True, bidirectional=ways == 2)
        self.head = nn.Sequential(nn.Linear(ways * units + BESIDE, 24), nn.ReLU(), nn.Linear(24, 1))

    def forward(self, x):
        months = x[:, : MONTHS * CHANNELS].reshape(-1, MONTHS, CHANNELS)
        every, _ = self.cell(months)
        return torch.sigmoid(self.head(torch.cat([every[:, -1], x[:, MONTHS * CHANNELS :]], dim=1)))


class Convolution(nn.Module):
    def __init__(self, pool: nn.Module, width: int = 24) -> None:
        super().__init__()
        self.strip = nn.Sequential(
            nn.Conv1d(CHANNELS, width, 3, padding=1), nn.BatchNorm1d(width), nn.ReLU(),
            nn.MaxPool1d(2), nn.Conv1d(width, width, 2), nn.ReLU(), pool,
        )  # fmt: skip
        self.head = nn.Linear(width + BESIDE, 1)

    def forward(self, x):
        months = x[:, : MONTHS * CHANNELS].reshape(-1, MONTHS, CHANNELS).transpose(1, 2)
        return torch.sigmoid(self.head(torch.cat([self.strip(months).flatten(1), x[:, MONTHS * CHANNELS :]], dim=1)))


def _dense(*widths: int, activation: Callable[[], nn.Module], norm: bool = False, dropout: float = 0.0) -> nn.Module:
    layers: list[nn.Module] = []
    inputs = COLUMNS
    for width in widths:
        layers += [nn.Linear(inputs, width), *([nn.BatchNorm1d(width)] if norm else []), activation()]
        layers += [nn.Dropout(dropout)] if dropout else []
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, 1), nn.Sigmoid())


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "dense 64, ReLU": lambda: _dense(64, activation=nn.ReLU),
    "dense 256-256, ReLU": lambda: _dense(256, 256, activation=nn.ReLU),
    "dense 64-32-16, Tanh": lambda: _dense(64, 32, 16, activation=nn.Tanh),
    "dense 64-64, GELU": lambda: _dense(64, 64, activation=nn.GELU),
    "dense 64-64, ELU": lambda: _dense(64, 64, activation=nn.ELU),
    "dense 64-64, LeakyReLU, dropout": lambda: _dense(64, 64, activation=nn.LeakyReLU, dropout=0.1),
    "dense 64-64, ReLU, normalised": lambda: _dense(64, 64, activation=nn.ReLU, norm=True),
    "residual 48": Residual,
    "wide and deep, softmax of two": Deep,
    "convolution, means": lambda: Convolution(nn.AdaptiveAvgPool1d(1)),
    "convolution, largest": lambda: Convolution(nn.AdaptiveMaxPool1d(1)),
    "GRU": lambda: Recurrent(nn.GRU),
    "LSTM": lambda: Recurrent(nn.LSTM),
    "LSTM, both ways": lambda: Recurrent(nn.LSTM, ways=2),
    "GRU, two layers": lambda: Recurrent(nn.GRU, layers=2),
}


def trained(name: str, matrix: np.ndarray, default: np.ndarray, seed: int = 0) -> nn.Module:
    """The network after eight epochs of Adam on rows x 20 numbers."""
    torch.manual_seed(seed)
    module, draw = NETWORKS[name](), torch.Generator().manual_seed(seed)
    inputs, target = torch.tensor(matrix, dtype=torch.float32), torch.tensor(default, dtype=torch.float32)
    optimiser = torch.optim.Adam(module.parameters(), RATE)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(inputs), generator=draw).split(BATCH):
            optimiser.zero_grad()
            nn.functional.binary_cross_entropy(module(inputs[rows])[:, -1], target[rows]).backward()
            optimiser.step()
    return module.eval()


def exported(module: nn.Module) -> bytes:
    """By torch's own exporter that needs no other package."""
    file, sizes = io.BytesIO(), {"x": {0: "rows"}, "pd": {0: "rows"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        example = torch.zeros(2, COLUMNS)
        torch.onnx.export(
            module, (example,), file, dynamo=False, input_names=["x"], output_names=["pd"], dynamic_axes=sizes
        )
    return file.getvalue()
