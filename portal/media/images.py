"""Re-encode strangers' pictures in a process of its own (portal.media.image_worker)."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final

from portal.content.picture_html import FORMATS, WIDTHS, name_of, widths_of
from portal.core.refusals import Refusal
from portal.i18n.locale import gettext_lazy as _

MEGABYTE: Final = 1024 * 1024
MAX_BYTES: Final = 12 * MEGABYTE
MAX_PIXELS: Final = 40_000_000
LEAST_SIDE: Final = 200
# By the clock on the wall; the process also has its own limit on working time.
SECONDS: Final = 20
_SCRIPT: Final = Path(__file__).with_name("image_worker.py")


class PictureRefusedError(Refusal):
    """A picture that is not taken; says why."""

    field = "picture"


class NoPictureError(PictureRefusedError):
    """Nothing was chosen."""

    message = _("Choose a picture.")


class TooManyBytesError(PictureRefusedError):
    """The file is too large."""

    message = _("This file is larger than %(most)s MB. Save the picture smaller and try again.")


class TooManyPixelsError(PictureRefusedError):
    """The picture is small as a file and giant once it is unpacked."""

    message = _(
        "This picture has %(width)s × %(height)s pixels, more than %(most)s million in all. "
        "Save it smaller and try again."
    )


class TooSmallError(PictureRefusedError):
    """Too few pixels to be looked at."""

    message = _(
        "This picture has only %(width)s × %(height)s pixels. "
        "Choose one with %(least)s or more on each side."
    )


class AnimatedError(PictureRefusedError):
    """More than one picture in a file."""

    message = _("This picture moves. Choose one that stands still.")


class DamagedError(PictureRefusedError):
    """The file ends too early, or holds what no decoder understands."""

    message = _(
        "This file is damaged, or only a part of it has arrived. Save it anew and try again."
    )


class UnknownFormatError(PictureRefusedError):
    """Whatever its name says, it is none of the formats that are taken."""

    message = _("This is not a picture that can be shown here. Use JPEG, PNG or WebP.")


class TooCostlyError(PictureRefusedError):
    """Decoding took more time or memory than a picture may."""

    message = _("Unpacking this picture takes too much work. Save it anew, smaller, and try again.")


_REFUSALS: Final[dict[str, type[PictureRefusedError]]] = {
    "unknown": UnknownFormatError,
    "pixels": TooManyPixelsError,
    "small": TooSmallError,
    "animated": AnimatedError,
    "damaged": DamagedError,
    "costly": TooCostlyError,
}


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A picture in new pixels: its size, and the files of its sizes by name."""

    width: int
    height: int
    files: dict[str, bytes]


def redrawn(file: BinaryIO) -> Redrawn:
    """Return a picture in all its sizes, or why not; `file` is a real one, read by that process."""
    size = file.seek(0, 2)
    if not size:
        raise NoPictureError
    if size > MAX_BYTES:
        raise TooManyBytesError(most=MAX_BYTES // MEGABYTE)
    file.seek(0)
    with TemporaryFile() as written:
        # Isolated: neither the environment, which holds secrets, nor the current folder counts.
        command = [sys.executable, "-I", str(_SCRIPT), str(MAX_PIXELS), str(LEAST_SIDE)]
        try:
            done = subprocess.run(  # noqa: S603 - nothing of the command is a stranger's
                [*command, *map(str, WIDTHS)],
                stdin=file,
                stdout=written,
                stderr=subprocess.DEVNULL,
                env={},
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TooCostlyError from None
        if done.returncode < 0:
            raise TooCostlyError  # ended by its own limits
        done.check_returncode()
        written.seek(0)
        said = json.loads(written.readline())
        if "refused" in said:
            raise _refusal(said)
        width, height = int(said["width"]), int(said["height"])
        files = {name: written.read(size) for name, size in said["files"]}
    # Whatever has become of the process, it does not choose under which names files are kept.
    if files.keys() != {name_of(each, kind) for each in widths_of(width) for kind in FORMATS}:
        raise DamagedError
    return Redrawn(width, height, files)


def _refusal(said: dict[str, Any]) -> PictureRefusedError:
    facts = {name: said[name] for name in ("width", "height") if name in said}
    refusal = _REFUSALS[said["refused"]]
    if refusal is TooManyPixelsError:
        return refusal(**facts, most=MAX_PIXELS // 1_000_000)
    if refusal is TooSmallError:
        return refusal(**facts, least=LEAST_SIDE)
    return refusal()
