"""The work whose traces are logged: random forests of growing size on made-up houses."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

HELD_OUT = 40
SEED = 7


@dataclass(frozen=True, slots=True)
class Forest:
    """A fitted RandomForestRegressor and how well it does on rows it has not seen."""

    model: Any
    errors: tuple[float, ...]
    """RMSE of the first tree alone, of the first two, and so on."""
    dear: tuple[list[bool], list[bool]]
    """Which held-out houses cost more than the mean, and which the forest thinks do."""


def grow(trees: int) -> Forest:
    """Fit a forest; raise ValueError, as scikit-learn does, where there are no trees."""
    from sklearn.datasets import make_regression  # noqa: PLC0415 - slow; only who logs in needs it
    from sklearn.ensemble import RandomForestRegressor  # noqa: PLC0415

    rows, prices = make_regression(n_samples=160, n_features=6, noise=8.0, random_state=SEED)
    known, asked = slice(HELD_OUT, None), slice(HELD_OUT)
    model = RandomForestRegressor(n_estimators=trees, random_state=SEED)
    model.fit(rows[known], prices[known])
    guesses = np.array([tree.predict(rows[asked]) for tree in model.estimators_])
    return Forest(model, _errors(guesses, prices[asked]), _dear(model, rows, prices))


def _errors(guesses: NDArray[np.float64], prices: NDArray[np.float64]) -> tuple[float, ...]:
    counts = np.arange(1, len(guesses) + 1)[:, None]
    means = guesses.cumsum(axis=0) / counts
    return tuple(float(each) for each in np.sqrt(((means - prices) ** 2).mean(axis=1)))


def _dear(model: Any, rows: Any, prices: Any) -> tuple[list[bool], list[bool]]:
    limit, asked = prices.mean(), slice(HELD_OUT)
    return (prices[asked] > limit).tolist(), (model.predict(rows[asked]) > limit).tolist()
