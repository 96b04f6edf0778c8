"""`python -m core.cli` is `textlode`."""

import sys

from core.cli.command_line import main

if __name__ == "__main__":
    sys.exit(main())
