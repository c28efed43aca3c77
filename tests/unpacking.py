"""What undoes each coding that answers are packed with, by its name in Content-Encoding."""

from __future__ import annotations

import gzip

import brotli

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}
