"""Lets `python -m portal` be the command `portal`."""

import sys

from portal.cli import main

sys.exit(main())
