"""Grids of numbers made of grey pictures, and how alike two of them are."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

Grid = NDArray[np.float32]

_FLAT = 5.0  # grey levels; what varies less is an even surface, and like nothing
_RIM = 24  # grey levels by which a picture differs from its own ground


def grid_of(image: Image.Image) -> Grid:
    """The picture as numbers."""
    return np.asarray(image, dtype=np.float32)


def even(grid: Grid) -> Grid:
    """The grid with mean 0 and length 1, as a template is compared."""
    level = grid - grid.mean()
    found: Grid = level / max(float(np.sqrt((level * level).sum())), 1e-6)
    return found


def edges(grid: Grid) -> Grid:
    """How steep the grid is at each point; the same for a picture and its negative."""
    across, down = np.zeros_like(grid), np.zeros_like(grid)
    across[:, 1:-1] = grid[:, 2:] - grid[:, :-2]
    down[1:-1] = grid[2:] - grid[:-2]
    return np.hypot(across, down)


def correlation(template: Grid, grid: Grid) -> float:
    """How alike a template and a grid of its size are, -1 to 1."""
    level = grid - grid.mean()
    size = math.sqrt(float((level * level).sum()))
    return float((template * level).sum()) / max(size, _FLAT * math.sqrt(grid.size))


def deviations(grid: Grid, size: tuple[int, int]) -> Grid:
    """The length of the window of this width and height at each point, its mean taken off."""
    count = size[0] * size[1]
    # Sums over half a million squares need more digits than the grid has.
    values = grid.astype(np.float64)
    total, squares = _sums(values, size), _sums(values * values, size)
    spread = np.maximum(squares - total * total / count, _FLAT * _FLAT * count)
    return np.sqrt(spread).astype(np.float32)


def _sums(values: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
    width, height = size
    sums = np.pad(values.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    rows = sums[height:] - sums[:-height]
    found: NDArray[np.float64] = rows[:, width:] - rows[:, :-width]
    return found


def quick(length: int) -> int:
    """The next length that a Fourier transform is quick with: no prime factor above 5."""
    while True:
        rest = length
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return length
        length += 1


def ground(image: Image.Image) -> int:
    """The grey of a picture's upper and lower rim."""
    grid = np.asarray(image)
    return int(np.median(np.concatenate((grid[0], grid[-1]))))


def trimmed(image: Image.Image) -> Image.Image:
    """The picture without what is only ground around it."""
    plain = Image.new("L", image.size, ground(image))
    mask = Image.fromarray(grid_of(ImageChops.difference(image, plain)) > _RIM)
    box = mask.getbbox()
    return image.crop(box) if box else image
