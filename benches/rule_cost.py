#!/usr/bin/env python3
"""What each rule file costs: instructions of a scan of TREE with all rules, and with all but one, as callgrind counts them.

usage: benches/rule_cost.py TREE [RULES]        with leakey built for release, and valgrind on the PATH; RULES: the folder rules/

The share is (all - all but one) / all. Instructions do not depend on what else the machine does; reading files is not in them.
"""
import os, re, shutil, subprocess, sys, tempfile

tree, rules = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else "rules")
leakey = os.path.abspath(os.environ.get("LEAKEY", "target/release/leakey"))


def instructions(folder):
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}/c", leakey, "scan", "--threads", "1", "--profile", "audit",
             "--no-config", "--format", "json", "--no-builtin-rules", "--rules", folder, tree],
            cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
        return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


files = sorted(name for name in os.listdir(rules) if name.endswith(".toml"))
everything = instructions(rules)
print(f"all {len(files)} files: {everything / 1e6:.0f} million instructions")
shares = []
for name in files:
    with tempfile.TemporaryDirectory() as folder:
        for other in files:
            if other != name:
                shutil.copy(os.path.join(rules, other), folder)
        shares.append((1 - instructions(folder) / everything, name))
for share, name in sorted(shares, reverse=True):
    print(f"{share:7.1%}  {name}")
