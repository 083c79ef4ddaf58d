#!/usr/bin/env bash
# Compares CPU time and memory of scanners on one tree, in turn, several times: medians to standard output.
# usage: benches/compare.sh TREE [RUNS]      with leakey built, and rg, gitleaks, betterleaks, kingfisher, ripsecrets on the PATH if wanted
set -euo pipefail
tree=${1:?usage: compare.sh TREE [RUNS]}
runs=${2:-5}
leakey=${LEAKEY:-target/release/leakey}
python3 - "$tree" "$runs" "$leakey" <<'PY'
import os, resource, shutil, statistics, subprocess, sys, time
tree, runs, leakey = sys.argv[1], int(sys.argv[2]), os.path.abspath(sys.argv[3])
commands = {
    "leakey": [leakey, "scan", "--profile", "audit", "--format", "json", tree],
    "rg": ["rg", "-c", "-i", "-uu", "-g", "!.git", "secret", tree],
    "gitleaks": ["gitleaks", "dir", "--no-banner", "--exit-code", "0", tree],
    "betterleaks": ["betterleaks", "fs", "--no-banner", "--exit-code", "0", tree],
    "kingfisher": ["kingfisher", "scan", "--no-validate", "--no-update-check", tree],
    "ripsecrets": ["ripsecrets", tree],
}
commands = {name: command for name, command in commands.items() if shutil.which(command[0])}
figures = {name: [] for name in commands}
for run in range(runs + 1):
    for name, command in commands.items():
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        _, status, usage = os.wait4(child.pid, 0)
        if run:
            figures[name].append((usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)))
base = statistics.median(row[0] for row in figures.get("rg", figures["leakey"]))
print(f"{'':12} {'CPU s':>8} {'wall s':>8} {'MiB':>8} {'CPU / rg':>9}  exit")
for name, rows in figures.items():
    cpu, wall, memory = (statistics.median(row[i] for row in rows) for i in range(3))
    print(f"{name:12} {cpu:8.2f} {wall:8.2f} {memory:8.0f} {cpu / base:9.2f}  {rows[-1][3]}")
PY
