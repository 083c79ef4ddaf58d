#!/usr/bin/env bash
# Holds the two ways of reading a history against each other: the JSON reports, save for the counts of values that are no findings (`dropped`), and CPU
# time beside git's own reading of all objects.
# usage: benches/exhaustive.sh REPOSITORY...      LEAKEY names the program; RUNS is how often each command is run, in turn (1)
# Exits with 1 when a report differs or a history could not be read at all.
set -euo pipefail
python3 - "${LEAKEY:-target/release/leakey}" "${RUNS:-1}" "$@" <<'PY'
import json, os, statistics, subprocess, sys, tempfile

leakey, runs, repositories = os.path.abspath(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
if not repositories:
    sys.exit("usage: exhaustive.sh REPOSITORY...")


def run(command):
    """Standard output, CPU seconds, peak MiB and exit code of a command."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        keep = command[0] == leakey
        child = subprocess.Popen(command, stdout=out if keep else subprocess.DEVNULL, stderr=errors, cwd="/")
        _, status, usage = os.wait4(child.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        # Findings (1) and issues (2) come with a report; anything else is a failure.
        text = out.read()
        if keep and (code not in (0, 1, 2) or not text):
            sys.exit(f"{' '.join(command)}: exit code {code}: {errors.read().decode(errors='replace')}")
        if keep:
            report = json.loads(text)
            report.pop("dropped", None)
            text = json.dumps(report).encode()
        return text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, code


failed = False
print("| repository | reports | bytes | exit | deltas CPU s | exhaustive CPU s | git cat-file CPU s | deltas MiB |")
print("| --- | --- | --- | --- | --- | --- | --- | --- |")
for repository in map(os.path.abspath, repositories):
    scan = [leakey, "scan", "--no-config", "--history", repository, "--format", "json"]
    cat = ["git", "-C", repository, "cat-file", "--batch-all-objects", "--unordered", "--buffer", "--batch"]
    rows = [(run(scan), run([*scan, "--exhaustive"]), run(cat)) for _ in range(runs)]
    cpu = [statistics.median(row[at][1] for row in rows) for at in range(3)]
    same = all(row[way][0] == rows[0][0][0] and row[way][3] == rows[0][0][3] for row in rows for way in (0, 1))
    failed |= not same
    memory = max(row[0][2] for row in rows)
    verdict = "equal" if same else "DIFFERENT"
    print(f"| {repository} | {verdict} | {len(rows[0][0][0])} | {rows[0][0][3]} | {cpu[0]:.2f} | {cpu[1]:.2f} | {cpu[2]:.2f} | {memory:.0f} |", flush=True)
sys.exit(failed)
PY
