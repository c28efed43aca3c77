"""Lets `python -m portal` be the command `portal`."""

import sys

from portal.cli.main import main

sys.exit(main())
