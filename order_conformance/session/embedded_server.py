"""The embedded reference server: a separate process that cannot outlive the run."""

from __future__ import annotations

import queue
import subprocess
import threading
from typing import IO

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.paths import ROOT
from order_conformance.session.subprocesses import REFERENCE, command, environment
from order_conformance.target.settings import KEY_VARIABLE

START_LIMIT = 20.0
STOP_LIMIT = 5.0
ANNOUNCEMENT = "listening on "


class EmbeddedServer:
    """``python -m reference`` on a free port of this machine.

    The server exits when its standard input is closed. The operating system does that when this
    process ends, however it ends.
    """

    def __init__(self, api_key: str) -> None:
        """Start the server and wait until it listens.

        Raises:
            UsageProblem: the server did not start.
        """
        options = ["--port", "0", "--exit-with-parent", "--api-key-env", KEY_VARIABLE]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command(REFERENCE, *options),
            cwd=ROOT,
            env={**environment(), KEY_VARIABLE: api_key},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C must reach the run only, which stops the server after its last request.
            start_new_session=True,
        )
        self.base_url = self._announced_url()

    def stop(self) -> None:
        """Stop the server: terminate it, and kill it if that takes too long."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def _announced_url(self) -> str:
        lines: queue.Queue[str] = queue.Queue()
        if self._process.stdout is None:
            raise UsageProblem("the embedded server has no standard output")
        reader = threading.Thread(
            target=_first_line, args=(self._process.stdout, lines), daemon=True
        )
        reader.start()
        try:
            line = lines.get(timeout=START_LIMIT)
        except queue.Empty:
            line = ""
        except BaseException:
            self.stop()
            raise
        if ANNOUNCEMENT not in line:
            self.stop()
            raise UsageProblem(
                "the embedded reference server did not start; "
                "try `order-conformance serve` to see why"
            )
        return line.partition(ANNOUNCEMENT)[2].strip()


def _first_line(stream: IO[str], lines: queue.Queue[str]) -> None:
    lines.put(stream.readline())
