#!/usr/bin/env python3
"""Findings and processor time of gitleaks and of leakey with gitleaks' own configuration, on the same files.

usage: gitleaks.py LEAKEY GITLEAKS CONFIG TREE...

Each TREE is a folder. Printed are how many places (path, line, rule) both report, and all that only one of them does;
then the processor time of both, the least of three runs.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile

RUNS = int(os.environ.get("RUNS", "3"))


def run(command, folder):
    """Output and processor seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def by_gitleaks(program, config, folder):
    with tempfile.TemporaryDirectory() as temporary:
        out = os.path.join(temporary, "report.json")
        command = [program, "dir", ".", "--no-banner", "--log-level", "error", "--config", config]
        _, seconds = run(command + ["--report-format", "json", "--report-path", out], folder)
        with open(out) as file:
            found = json.load(file)
    # What is found by its path alone stands on no line; leakey says the first.
    return {(f["File"], max(1, f["StartLine"]), f["RuleID"]) for f in found}, seconds


def by_leakey(program, config, folder):
    command = [program, "scan", ".", "--profile", "audit", "--no-config", "--rules", config]
    done, seconds = run(command + ["--no-builtin-rules", "--format", "json"], folder)
    if done.returncode == 2:
        print(done.stderr.decode(errors="replace").strip(), file=sys.stderr)
    report = json.loads(done.stdout)
    for issue in report["issues"]:
        print("issue:", issue["path"], issue["what"])
    # What a comment accepts, gitleaks does not report at all.
    return {
        (place["path"], place["start_line"], finding["rule"])
        for finding in report["findings"]
        for place in finding["occurrences"]
        if not place["suppressed"]
    }, seconds


def main():
    leakey, gitleaks, config = (os.path.abspath(path) for path in sys.argv[1:4])
    rows = []
    for folder in sys.argv[4:]:
        theirs, ours = (
            [by(program, config, folder) for _ in range(RUNS)]
            for by, program in [(by_gitleaks, gitleaks), (by_leakey, leakey)]
        )
        a, b = theirs[0][0], ours[0][0]
        times = min(seconds for _, seconds in theirs), min(seconds for _, seconds in ours)
        rows.append((os.path.basename(folder.rstrip("/")), len(a & b), len(a - b), len(b - a), *times))
        for name, only in [("only gitleaks", a - b), ("only leakey", b - a)]:
            for path, line, rule in sorted(only):
                print(f"{rows[-1][0]}: {name}: {path}:{line} {rule}")
    print(f"{'tree':16} {'equal':>6} {'gitleaks':>9} {'leakey':>7} {'gitleaks s':>11} {'leakey s':>9} {'ratio':>6}")
    for name, same, left, right, theirs, ours in rows:
        print(f"{name:16} {same:6} {left:9} {right:7} {theirs:11.2f} {ours:9.2f} {theirs / ours:6.1f}")


if __name__ == "__main__":
    main()
