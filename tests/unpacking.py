"""What undoes each coding that answers are packed with, by its name in Content-Encoding."""

import gzip
import sys

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, "zstd": zstd.decompress}
