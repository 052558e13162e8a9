"""How the benchmarks time a command."""

import collections
import os
import subprocess
import sys
import time

Cost = collections.namedtuple("Cost", "cpu wall peak output")


def measure(command, **options):
    """Processor and wall seconds of a command, its peak memory in MB, and what it printed."""
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1024,
                output)
