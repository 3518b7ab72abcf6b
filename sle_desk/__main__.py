"""Starts sle_desk: `python -m sle_desk`."""

import sys

from sle_desk.cli import main

if __name__ == "__main__":
    sys.exit(main())
