"""Entry point of `python -m order_conformance`."""

import sys

from order_conformance.cli import main

sys.exit(main())
