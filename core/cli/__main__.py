"""`python -m core.cli` is `textlode`."""

import sys

from core.cli.command_line import main

sys.exit(main())
