"""What undoes each coding that answers are packed with, by its name in Content-Encoding."""

import gzip

import brotli

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}
