"""Entry point of `python -m order_conformance`."""

import sys

from order_conformance.cli.main import main

sys.exit(main())
