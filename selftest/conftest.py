"""What whoever runs these tests has set for runs of their own must not steer them."""

from __future__ import annotations

import os

from order_conformance.core.option_table import PREFIX

for name in [name for name in os.environ if name.startswith(PREFIX)]:
    del os.environ[name]
