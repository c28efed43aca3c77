"""Re-encode a picture in a process of its own: standard input to JSON and sizes on the output."""

# Before it looks at the file it gives up all that a decoder taken over by it could use: files,
# connections, processes, much memory and time. It imports nothing of the portal.

import json
import os
import resource
import sys
from collections.abc import Sequence
from io import BytesIO
from typing import Any, BinaryIO, Final, NamedTuple

# By name, since formats are looked up among those that have been imported.
from PIL import (
    Image,
    ImageCms,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

TAKEN: Final = ("JPEG", "PNG", "WEBP")
# A JPEG may turn out to be a telephone's pair of pictures; EXIF is TIFF inside.
READERS: Final = (
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
MEMORY: Final = 1024 * 1024 * 1024
CPU_SECONDS: Final = 12
MAX_WRITTEN: Final = 16 * 1024 * 1024
# Standard input, output and errors.
OPEN_FILES: Final = 3
# A picture is shown at most this high; only strips that nobody can read are higher.
HIGHEST: Final = 4_000
WEBP: Final[dict[str, Any]] = {"format": "WEBP", "quality": 80, "method": 4}
JPEG: Final[dict[str, Any]] = {"format": "JPEG", "quality": 82, "progressive": True}
TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS: Final = 5
ORIENTATION: Final = 0x0112


class RefusedError(Exception):
    """The picture is not taken; the reason is one word, and the facts are for its sentence."""

    def __init__(self, reason: str, **facts: int) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts


class Redrawn(NamedTuple):
    """A picture's size in pixels, and the files of its sizes as (name, bytes)."""

    width: int
    height: int
    files: list[tuple[str, bytes]]


def redraw(file: BinaryIO, max_pixels: int, least_side: int, widths: Sequence[int]) -> Redrawn:
    """Return the picture turned upright, in sRGB, in new pixels, in each of the widths it has."""
    picture = _opened(file, max_pixels, least_side)
    profile = picture.info.get("icc_profile")
    orientation = picture.getexif().get(ORIENTATION, 1)
    across, high = max(widths), HIGHEST
    if orientation >= SIDEWAYS:
        across, high = high, across
    # A JPEG is decoded at a half, a quarter or an eighth where that is enough.
    picture.draft(None, (2 * across, 2 * high))
    small = _plain(picture)
    small.thumbnail((across, high), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if orientation in TURNS:
        small = small.transpose(TURNS[orientation])
    # New pixels: nothing that the file said beside them can have come along.
    fresh = Image.new("RGB", small.size, "white")
    fresh.paste(_in_srgb(small, profile), mask=_opacity(small))
    return Redrawn(*fresh.size, _sizes(fresh, widths))


def _opened(file: BinaryIO, max_pixels: int, least_side: int) -> Image.Image:
    """Return the picture, of which only the head has been read."""
    width, height = _webp_size(file.read(30))
    if width * height > max_pixels:
        raise RefusedError("pixels", width=width, height=height)
    file.seek(0)
    try:
        picture = Image.open(file, formats=TAKEN)
    except UnidentifiedImageError:
        raise RefusedError("unknown") from None
    width, height = picture.size
    if width * height > max_pixels:
        raise RefusedError("pixels", width=width, height=height)
    # A telephone's JPEG may hold a second picture, of which nobody but the telephone speaks.
    if picture.format in {"PNG", "WEBP"} and getattr(picture, "n_frames", 1) > 1:
        raise RefusedError("animated")
    if min(width, height) < least_side:
        raise RefusedError("small", width=width, height=height)
    return picture


def _webp_size(head: bytes) -> tuple[int, int]:
    """Width and height that a WebP claims, since its decoder takes memory for them at once."""
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return 0, 0
    kind = head[12:16]
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8X":
        across, high = (int.from_bytes(head[at : at + 3], "little") for at in (24, 27))
        return 1 + across, 1 + high
    across, high = (int.from_bytes(head[at : at + 2], "little") for at in (26, 28))
    return across & 0x3FFF, high & 0x3FFF


def _plain(picture: Image.Image) -> Image.Image:
    """In a mode that can be made smaller well: palettes and bits cannot."""
    if picture.mode.startswith("I"):  # 16 bits of grey
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode == "1":
        return picture.convert("L")
    if "transparency" in picture.info or picture.mode in {"PA", "LA"}:
        return picture.convert("RGBA")
    if picture.mode in {"L", "RGB", "RGBA", "CMYK"}:
        picture.load()
        return picture
    return picture.convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return what screens mean by RGB. A profile that cannot be read is left aside."""
    colours = picture.convert("RGB") if picture.mode == "RGBA" else picture
    if profile:
        try:
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            own = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(colours, given, own, outputMode="RGB") or colours
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return colours.convert("RGB")


def _opacity(picture: Image.Image) -> Image.Image | None:
    return picture.getchannel("A") if picture.mode == "RGBA" else None


def _sizes(picture: Image.Image, widths: Sequence[int]) -> list[tuple[str, bytes]]:
    wanted = [width for width in widths if width < picture.width]
    if len(wanted) < len(widths):
        wanted.append(picture.width)
    result = []
    for width in wanted:
        size = (width, max(1, round(picture.height * width / picture.width)))
        resized = picture.resize(size, Image.Resampling.LANCZOS)
        for extension, how in (("webp", WEBP), ("jpg", JPEG)):
            written = BytesIO()
            resized.save(written, **how)
            result.append((f"{width}.{extension}", written.getvalue()))
    return result


def _warm_up() -> None:
    """Load whatever is loaded at first use, while files can still be opened."""
    Image.MAX_IMAGE_PIXELS = None  # our own cap is lower, and a refusal instead of a warning
    sample = Image.new("RGB", (16, 16))
    exif = Image.Exif()
    exif[ORIENTATION] = 1
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in TAKEN:
        written = BytesIO()
        sample.save(written, kind, exif=exif, icc_profile=profile)
        written.seek(0)
        redraw(written, 1_000, 1, [8, 16])


def _limit(kind: int, most: int) -> None:
    try:
        resource.setrlimit(kind, (most, most))
    except (ValueError, OSError):
        if sys.platform != "darwin":  # which knows no limit on memory
            raise


def _shut_in() -> None:
    os.nice(5)
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_FSIZE, MAX_WRITTEN)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)


def main(arguments: Sequence[str]) -> None:
    """Redraw one picture from standard input to standard output."""
    max_pixels, least_side, *widths = (int(argument) for argument in arguments)
    _warm_up()
    _shut_in()
    files: list[tuple[str, bytes]] = []
    said: dict[str, Any]
    try:
        result = redraw(sys.stdin.buffer, max_pixels, least_side, widths)
    except RefusedError as refused:
        said = {"refused": refused.reason, **refused.facts}
    except MemoryError:
        said = {"refused": "costly"}
    except Exception:  # noqa: BLE001 - decoders raise whatever a broken file makes of them
        said = {"refused": "damaged"}
    else:
        files = result.files
        said = {"width": result.width, "height": result.height}
    said["files"] = [(name, len(content)) for name, content in files]
    out = sys.stdout.buffer
    out.write(json.dumps(said).encode() + b"\n")
    for _name, content in files:
        out.write(content)
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
