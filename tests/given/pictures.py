"""Pictures drawn by code: a logo in many guises, and pictures of all sorts that do not show it."""

import io
import math
import random
from collections.abc import Callable, Iterator

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps

WHITE = (255, 255, 255)
INK = (20, 60, 90)
Drawn = Image.Image


def saved(image: Drawn, kind: str = "PNG", **how: int) -> bytes:
    """The octets of its file."""
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def pdf(image: Drawn) -> bytes:
    """A PDF with the picture in it."""
    return saved(image.convert("RGB"), "PDF")


def write(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float, fill: object = INK
) -> None:
    draw.text(at, text, fill=fill, font=ImageFont.load_default(size))  # type: ignore[arg-type]


def logo(name: str = "IMPS", sides: int = 6, ground: tuple[int, ...] = WHITE) -> Drawn:
    """A badge with a wave in it, a name, a line below."""
    image = Image.new("RGBA" if len(ground) == 4 else "RGB", (360, 140), ground)
    draw = ImageDraw.Draw(image)
    draw.regular_polygon((72, 70, 58), sides, fill=INK)
    wave = [(24 + x, 70 + 30 * math.exp(-x / 60) * math.sin(x / 7)) for x in range(92)]
    draw.line(wave, fill=WHITE, width=5)
    write(draw, (145, 30), name, 62)
    draw.rectangle((148, 104, 335, 110), fill=(230, 165, 40))
    return image


def resized(image: Drawn, factor: float) -> Drawn:
    return image.resize((round(image.width * factor), round(image.height * factor)))


def tilted(image: Drawn, degrees: float) -> Drawn:
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=WHITE)


def inverted(image: Drawn) -> Drawn:
    return ImageOps.invert(image)


def tinted(image: Drawn, dark: str = "#702020", light: str = "#ffe8c0") -> Drawn:
    return ImageOps.colorize(image.convert("L"), dark, light)


def poster(mark: Drawn | None, width: int = 150, ground: tuple[int, int, int] = (245, 245, 235)) -> Drawn:
    """A notice with headings and a drawing, and the mark at its foot."""
    image = Image.new("RGB", (420, 594), ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 420, 90), fill=(60, 60, 60))
    write(draw, (40, 25), "OPEN EVENING", 38, WHITE)
    for number, line in enumerate(
        ("Friday 6 March, 7 pm", "Village hall, Tarnby", "tea, talks and a raffle")
    ):
        write(draw, (50, 120 + 38 * number), line, 24)
    draw.ellipse((130, 270, 290, 420), outline=INK, width=6, fill=(200, 210, 220))
    draw.line((210, 345, 250, 300), fill=INK, width=5)
    if mark is not None:
        image.paste(resized(mark, width / mark.width), (230, 480))
    return image


def banner(mark: Drawn) -> Drawn:
    """What stands below a letter: a name, a telephone number, and the mark."""
    image = Image.new("RGB", (600, 120), WHITE)
    draw = ImageDraw.Draw(image)
    write(draw, (12, 18), "Robin Ashdown, physicist", 22)
    write(draw, (12, 58), "Tel. 01632 960 144", 18)
    image.paste(resized(mark, 0.6), (370, 16))
    return image


# Pictures without the logo


def _chart(seed: int) -> Drawn:
    dice = random.Random(seed)
    image = Image.new("RGB", (480, 320), WHITE)
    draw = ImageDraw.Draw(image)
    draw.line((50, 20, 50, 280, 460, 280), fill="black", width=2)
    if seed % 2:
        for number in range(10):
            draw.rectangle(
                (60 + 40 * number, 280 - dice.randrange(20, 240), 90 + 40 * number, 280),
                fill=(dice.randrange(200), 90, 160),
            )
    else:
        for colour in ("red", "navy", "green"):
            draw.line(
                [(50 + 10 * x, 150 + 110 * math.sin(x / dice.uniform(3, 9))) for x in range(41)],
                fill=colour,
                width=3,
            )
    write(draw, (150, 4), f"Dose {seed} against depth", 18)
    write(draw, (200, 295), "depth / mm", 16)
    return image


def _page(seed: int) -> Drawn:
    dice = random.Random(seed)
    image = Image.new("RGB", (500, 700), WHITE)
    draw = ImageDraw.Draw(image)
    words = "the dose of a field in water was measured with our chamber IMAGE IMP PHYSICS at 10 cm and again"
    size = dice.choice((14, 20, 34, 60))
    for line in range(int(640 / size / 1.3)):
        write(
            draw,
            (30, 30 + line * size * 1.3),
            " ".join(dice.choices(words.split(" "), k=max(1, int(800 / size / 5)))),
            size,
            "black",
        )
    return image


def _phantom(seed: int) -> Drawn:
    dice = random.Random(seed)
    image = Image.new("L", (512, 512), 0)
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 40, 470, 470), fill=110)
    for number in range(8):
        x, y = 255 + 140 * math.cos(number), 255 + 140 * math.sin(number)
        r = dice.randrange(6, 45)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=dice.randrange(255))
    for number in range(dice.randrange(12)):
        draw.rectangle((150 + 14 * number, 230, 156 + 14 * number, 290), fill=230)
    return ImageChops.add(image, Image.effect_noise(image.size, 30), 2)


def _circles(seed: int) -> Drawn:
    dice = random.Random(seed)
    image = Image.new("RGB", (400, 300), (240, 240, 250))
    draw = ImageDraw.Draw(image)
    for _ in range(3 + 4 * seed % 20):
        x, y, r = dice.randrange(400), dice.randrange(300), dice.randrange(8, 90)
        draw.regular_polygon(
            (x, y, r), dice.choice((3, 4, 6, 40)), fill=tuple(dice.randrange(256) for _ in "rgb")
        )
    return image


_NAMES = ("NHS", "RCR", "Society", "Quill Ltd", "HOSPITAL", "BIR", "trust", "Lumid")


def _badge(seed: int) -> Drawn:
    """A mark like many: something round, a name to its right, perhaps a line."""
    image = Image.new("RGB", (360, 140), WHITE)
    draw = ImageDraw.Draw(image)
    draw.regular_polygon((70, 70, 60), (40, 3, 4, 6, 5, 8)[seed % 6], fill=(30 * seed % 200, 80, 60))
    if seed % 2:
        draw.ellipse((45, 45, 95, 95), fill=WHITE)
    else:
        draw.rectangle((62, 30, 78, 110), fill=WHITE)
        draw.rectangle((32, 62, 108, 78), fill=WHITE)
    write(draw, (145, 36), _NAMES[seed % len(_NAMES)], 50)
    if seed % 3 == 0:
        draw.rectangle((145, 106, 340, 110), fill=INK)
    return image


def _photograph(seed: int) -> Drawn:
    """Noise of several sizes, as walls, grass and faces are."""
    image = Image.new("RGB", (640, 480))
    for size in (4, 16, 64, 160):
        noise = [Image.effect_noise((size, size * 3 // 4), 90 + seed) for _ in "rgb"]
        layer = Image.merge("RGB", noise).resize(image.size, Image.Resampling.BICUBIC)
        image = ImageChops.add(image, layer, 1.6)
    return image.filter(ImageFilter.GaussianBlur(1 + seed % 3))


SORTS: dict[str, Callable[[int], Drawn]] = {
    "chart": _chart,
    "page": _page,
    "phantom": _phantom,
    "circles": _circles,
    "badge": _badge,
    "photograph": _photograph,
}


def innocents() -> Iterator[tuple[str, Drawn]]:
    """Forty pictures, each with a name."""
    numbers = {"chart": 7, "page": 8, "phantom": 6, "circles": 6, "badge": 8, "photograph": 4}
    for sort, number in numbers.items():
        for seed in range(number):
            yield f"{sort}-{seed}", resized(SORTS[sort](seed), 0.6)
    yield "poster without it", poster(None)
