#!/usr/bin/env python3
"""CPU (user and system) and wall time of short commands, run in turn: short.py RUNS COMMAND... [-- COMMAND...]...

Prints median and minimum in milliseconds, after two runs that are not counted. The wall time holds the start of the process.
"""

import os
import statistics
import subprocess
import sys
import time

runs, commands = int(sys.argv[1]), [[]]
for argument in sys.argv[2:]:
    if argument == "--":
        commands.append([])
    else:
        commands[-1].append(argument)

times = [[] for _ in commands]
for run in range(runs + 2):
    for command, figures in zip(commands, times):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        if run >= 2:
            figures.append(((usage.ru_utime + usage.ru_stime) * 1000, wall * 1000))

for command, figures in zip(commands, times):
    print(" ".join(command))
    for name, values in zip(("CPU", "wall"), zip(*figures)):
        print(f"  {name:<4} median {statistics.median(values):.1f} ms, least {min(values):.1f} ms")
