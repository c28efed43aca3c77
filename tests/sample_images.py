"""Pictures for tests: ordinary ones, and such as strangers send."""

import struct
import zlib
from io import BytesIO
from random import Random

from PIL import Image, PngImagePlugin

# Stands wherever a file has room for words.
MARKER = b"MARKER-of-a-private-place"


def drawn(width=800, height=600, seed=1):
    """Soft colours with some noise, as a photograph has."""
    chance = Random(seed)
    colours = bytes(chance.randrange(256) for _each in range(16 * 12 * 3))
    return Image.frombytes("RGB", (16, 12), colours).resize((width, height))


def encoded(picture, kind="JPEG", **how):
    """The bytes of a picture."""
    written = BytesIO()
    picture.save(written, kind, **how)
    return written.getvalue()


def picture_file(width=800, height=600, kind="JPEG"):
    """An ordinary picture as a file."""
    return encoded(drawn(width, height), kind)


def _exif():
    """EXIF with the marker as description, as a place, and in a thumbnail of its own."""
    exif = Image.Exif()
    exif[0x010E] = MARKER.decode()
    exif[0x9286] = MARKER.decode()
    exif.get_ifd(0x8825)[0x001D] = MARKER.decode()
    return exif.tobytes() + encoded(drawn(80, 60), comment=MARKER)


def _segment(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def marked_jpeg():
    """The marker in EXIF and its thumbnail, XMP, IPTC, a comment, a colour profile and the end."""
    plain = encoded(drawn(), comment=MARKER, exif=_exif())
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + MARKER + b"</x:xmpmeta>"
    record = b"\x1c\x02\x78" + struct.pack(">H", len(MARKER)) + MARKER
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record
    profile = b"ICC_PROFILE\0\1\1" + MARKER
    beside = _segment(0xE1, xmp) + _segment(0xED, iptc) + _segment(0xE2, profile)
    return plain[:2] + beside + plain[2:] + b"<script>" + MARKER + b"</script>"


def marked_png():
    """The marker in all kinds of text chunks, in EXIF, in a chunk of its own, and at the end."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", MARKER.decode())
    words.add_text("Location", MARKER.decode(), zip=True)
    words.add_itxt("XML:com.adobe.xmp", MARKER.decode())
    words.add_itxt("Author", MARKER.decode(), zip=True)
    words.add(b"prVt", MARKER)
    return encoded(drawn(), "PNG", pnginfo=words, exif=_exif()) + MARKER


def marked_webp():
    """The marker in EXIF and XMP."""
    return encoded(drawn(), "WEBP", exif=_exif(), xmp=b"<x>" + MARKER + b"</x>")


def bomb(width=8_000, height=8_000):
    """A PNG of 64 million pixels in a few kilobytes."""

    def chunk(kind, content):
        packed = struct.pack(">I", len(content)) + kind + content
        return packed + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def animated(kind):
    """Two frames."""
    return encoded(drawn(), kind, save_all=True, append_images=[drawn(seed=2)], duration=100)


GIF_AND_SCRIPT = b"GIF89a/*" + bytes(400) + b"*/=alert(1);//"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>' + bytes(400)
PAGE = b"<!doctype html><script>alert(1)</script>" + bytes(400)
