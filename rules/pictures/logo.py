"""LogoSearch: how surely a sketch shows a logo, whatever its size and colours, if it is tilted by little.

A template of fixed size is correlated with the picture at many sizes; the
sign does not count, so a negative is found too. The likeliest places are then
compared in finer steps, by their greys and by their edges: text, charts and
other badges may be like a logo in one of these, and hardly in both.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rules.pictures.grids import Grid, correlation, deviations, edges, even, grid_of, ground, quick, trimmed
from rules.pictures.sketch import Sketch

_COARSE = 900  # pixels of the template that is sought everywhere
_FINE = 5000  # pixels of the template with which likely places are compared
_STEP = 1.15  # from one size to the next
_TILTS = (-8.0, -4.0, 0.0, 4.0, 8.0)
_FINEST = 0.75  # of the sketch's own size; what needs a finer look is too small to be told from other things
_GREATEST = 3.0  # how much a small picture is enlarged, so that the template fits
_LIKELY = 0.42
_PEAKS = 3  # at one size and tilt
_PLACES = 4
_MARGIN = 0.12
_SURE = 0.9
_TURNS = 3


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a logo may be: centre and width in pixels of the sketch, tilt in degrees."""

    x: float
    y: float
    width: float
    tilt: float

    def is_near(self, other: "Pose") -> bool:
        """Whether a finer search from here and from there would end at the same place."""
        apart = max(abs(self.x - other.x), abs(self.y - other.y))
        return apart <= other.width / 8 and 0.77 <= self.width / other.width <= 1.3


@dataclass(frozen=True, slots=True)
class Match:
    """How alike a place and the logo are, 0 to 1: in their greys, and in their edges."""

    greys: float = 0.0
    edges: float = 0.0

    @property
    def score(self) -> float:
        """Both together."""
        return (self.greys + self.edges) / 2


class LogoSearch:
    """Seeks one logo in sketches; its templates are made once."""

    def __init__(self, logo: Sketch) -> None:
        self._logo = trimmed(_image(logo))
        self._coarse = self._size(_COARSE)

    def match(self, sketch: Sketch) -> Match:
        """The best match there is, or a better one than is needed to be sure."""
        picture = _framed(_image(sketch))
        best = Match()
        for pose in self._places(picture):
            found = self._refined(picture, pose)
            best = max(best, found, key=lambda match: match.score)
            if best.score > _SURE:
                break
        return best

    def _size(self, area: int) -> tuple[int, int]:
        aspect = self._logo.width / self._logo.height
        height = math.sqrt(area / aspect)
        return max(6, round(height * aspect)), max(6, round(height))

    @cached_property
    def _templates(self) -> tuple[tuple[float, Grid], ...]:
        width, height = self._coarse
        large = self._logo.resize((4 * width, 4 * height), Image.Resampling.BILINEAR)
        plain = ground(self._logo)
        turned = ((tilt, large.rotate(tilt, Image.Resampling.BILINEAR, fillcolor=plain)) for tilt in _TILTS)
        return tuple((tilt, even(grid_of(image.resize((width, height))))) for tilt, image in turned)

    @cached_property
    def _fine(self) -> tuple[Grid, Grid]:
        grid = grid_of(self._logo.resize(self._size(_FINE), Image.Resampling.BILINEAR))
        return even(grid), even(edges(grid))

    def _places(self, picture: Image.Image) -> list[Pose]:
        """The likeliest places, the likeliest first."""
        factors = _factors(picture.size, self._coarse)
        found = [pair for factor in factors for pair in self._peaks(picture, factor)]
        kept: list[Pose] = []
        for _, pose in sorted(found, key=lambda pair: -pair[0]):
            if not any(pose.is_near(other) for other in kept):
                kept.append(pose)
            if len(kept) == _PLACES:
                break
        return kept

    def _peaks(self, picture: Image.Image, factor: float) -> Iterator[tuple[float, Pose]]:
        """Where the picture at this size is like a template; each with how much."""
        size = (round(picture.width * factor), round(picture.height * factor))
        grid = grid_of(picture.resize(size, Image.Resampling.BILINEAR))
        grid = grid - grid.mean()
        lengths = deviations(grid, self._coarse)
        shape = (quick(size[1]), quick(size[0]))
        spectrum = np.fft.rfft2(grid, shape)
        for tilt, template in self._templates:
            product = spectrum * np.conj(np.fft.rfft2(template, shape))
            rows, columns = lengths.shape
            alike = np.abs(np.fft.irfft2(product, shape)[:rows, :columns]) / lengths
            for score, column, row in _highest(alike, self._coarse):
                x, y = column + self._coarse[0] / 2, row + self._coarse[1] / 2
                yield score, Pose(x / factor, y / factor, self._coarse[0] / factor, tilt)

    def _refined(self, picture: Image.Image, pose: Pose) -> Match:
        """The best match in the neighbourhood of a pose, sought in ever smaller steps."""
        best = self._compared(picture, pose)
        for step in (1.0, 0.5, 0.25):
            for _ in range(_TURNS):
                before = best
                for other in _around(pose, step):
                    found = self._compared(picture, other)
                    if found.score > best.score:
                        best, pose = found, other
                if best is before:
                    break
        return best

    def _compared(self, picture: Image.Image, pose: Pose) -> Match:
        greys, steep = self._fine
        patch = _patch(picture, pose, (greys.shape[1], greys.shape[0]))
        return Match(abs(correlation(greys, patch)), max(0.0, correlation(steep, edges(patch))))


def _image(sketch: Sketch) -> Image.Image:
    return Image.frombytes("L", (sketch.width, sketch.height), sketch.grey)


def _framed(image: Image.Image) -> Image.Image:
    """The picture with its rim carried on, so that a logo is found that fills it or is cut close."""
    margin = max(2, round(_MARGIN * min(image.size)))
    return Image.fromarray(np.pad(np.asarray(image), margin, mode="edge"))


def _factors(size: tuple[int, int], template: tuple[int, int]) -> Iterator[float]:
    """The sizes at which a picture is searched, from where the template just fits."""
    least = max(template[0] / size[0], template[1] / size[1]) * 1.02
    if _FINEST < least < _GREATEST:
        yield least
    factor = least
    while factor <= _FINEST:
        yield factor
        factor *= _STEP


def _highest(alike: NDArray[np.floating], template: tuple[int, int]) -> Iterator[tuple[float, int, int]]:
    """The highest points, apart from each other: height, column, row. What is around them is levelled."""
    across, down = template[0] // 4, template[1] // 2
    for _ in range(_PEAKS):
        row, column = divmod(int(alike.argmax()), alike.shape[1])
        score = float(alike[row, column])
        if score < _LIKELY:
            return
        yield score, column, row
        alike[max(0, row - down) : row + down + 1, max(0, column - across) : column + across + 1] = 0


def _around(pose: Pose, step: float) -> Iterator[Pose]:
    move = pose.width * 0.02 * step
    for x, y in ((move, 0.0), (-move, 0.0), (0.0, move), (0.0, -move)):
        yield Pose(pose.x + x, pose.y + y, pose.width, pose.tilt)
    for factor in (1 + 0.06 * step, 1 - 0.06 * step):
        yield Pose(pose.x, pose.y, pose.width * factor, pose.tilt)
    for turn in (2 * step, -2 * step):
        yield Pose(pose.x, pose.y, pose.width, pose.tilt + turn)


def _patch(picture: Image.Image, pose: Pose, size: tuple[int, int]) -> Grid:
    """What stands at a pose, turned upright and brought to this size."""
    scale, turn = pose.width / size[0], math.radians(pose.tilt)
    a, b = scale * math.cos(turn), scale * math.sin(turn)
    x = pose.x - a * size[0] / 2 - b * size[1] / 2
    y = pose.y + b * size[0] / 2 - a * size[1] / 2
    turned = (a, b, x, -b, a, y)
    return grid_of(picture.transform(size, Image.Transform.AFFINE, turned, Image.Resampling.BILINEAR))
