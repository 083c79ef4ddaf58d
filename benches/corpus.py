#!/usr/bin/env python3
"""Scores leakey and its peers on labelled real repositories: recall and precision for application signing keys, by framework.

usage: benches/corpus.py LABELS TREES [--tool NAME=PATH]... [--only NAME,...] [--misses] [--wrong]

LABELS  one JSON object a line: repo ("owner/name", with "@hist/<blob>" copies under the same name), path, line, end_line, framework,
        label: leak, weak, test (in tests and documentation), other (a credential that is no signing key), not (must not be reported)
TREES   a folder TREES/owner+name/<path> for each repository; labels of repositories that are not there are left out
--tool  where a program is, if not on the PATH; leakey is target/release/leakey unless told
--only  run these tools alone
--misses, --wrong  list the leaks leakey does not report, and what it reports on lines labelled `not` or not labelled

Every tool runs with its default rules, live validation off; leakey with `--profile audit`, its signing keys of kind leak and published.
A label is hit by a finding whose lines overlap the label's (one line of slack for labels of several lines). A line counts once, by
its best label. recall: leaks hit of all leaks. precision: leaks hit of leaks and `not` hit (`weak`, `test` and `other` count in
neither); unlabelled: findings on lines without a label, for which no ratio is fair, for a tool that looks for other secrets as well.
"""
import argparse, collections, json, os, shutil, subprocess, sys, tempfile

RANK = ("leak", "other", "weak", "test", "not")


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
    return done.stdout


def leakey(program, trees, out):
    report = json.loads(run([program, "scan", "--profile", "audit", "--no-config", "--format", "json", "."], trees))
    for finding in report["findings"]:
        if finding["kind"] != "weak" and finding["class"] == "signing-key":
            for place in finding["occurrences"]:
                yield place["path"], place["start_line"], place["end_line"]


def gitleaks(program, trees, out):
    run([program, "dir", "--no-banner", "--exit-code", "0", "--report-format", "json", "--report-path", out, "."], trees)
    for row in json.load(open(out)):
        yield row["File"], row["StartLine"], row["EndLine"]


def betterleaks(program, trees, out):
    run([program, "fs", "--no-banner", "--silent", "--exit-code", "0", "-o", out, "."], trees)
    for row in json.load(open(out))["findings"]:
        place = row["location"]
        if "start_line" in place:  # findings about a whole file have none
            yield place["path"], place["start_line"], place["end_line"]


def kingfisher(program, trees, out):
    text = run([program, "scan", "--no-validate", "--no-update-check", "--confidence", "low", "--format", "jsonl", "."], trees)
    for row in map(json.loads, text.splitlines()):
        finding = row.get("finding")
        if isinstance(finding, dict) and "line" in finding:
            yield finding["path"], finding["line"], finding["line"]


def detect_secrets(program, trees, out):
    for path, rows in json.loads(run([program, "scan", "--all-files", "."], trees))["results"].items():
        for row in rows:
            yield path, row["line_number"], row["line_number"]


def ripsecrets(program, trees, out):
    for line in run([program, "."], trees).splitlines():
        path, number, *_ = line.split(":", 2) + ["", ""]
        if number.isdigit():
            yield path, int(number), int(number)


def credsweeper(program, trees, out):
    run([program, "--path", ".", "--save-json", out], trees)
    for row in json.load(open(out)):
        for data in row["line_data_list"]:
            yield data["path"], data["line_num"], data["line_num"]


TOOLS = {"leakey": leakey, "credsweeper": credsweeper, "detect-secrets": detect_secrets, "gitleaks": gitleaks, "betterleaks": betterleaks,
         "kingfisher": kingfisher, "ripsecrets": ripsecrets}


class Score:
    def __init__(self, labels, findings):
        self.hit, self.lines, self.unlabelled, self.wrong = set(), collections.Counter(), [], []
        seen = set()
        for path, start, end in findings:
            path = os.path.normpath(path)
            if (path, start) in seen:
                continue
            seen.add((path, start))
            best = None
            for number, label in labels.get(path, ()):
                slack = 1 if label["end_line"] > label["line"] else 0
                if start <= label["end_line"] + slack and (end or start) >= label["line"] - slack:
                    self.hit.add(number)
                    if best is None or RANK.index(label["label"]) < RANK.index(best["label"]):
                        best = label
            if best is None:
                self.unlabelled.append((path, start))
            else:
                self.lines[best["framework"], best["label"]] += 1
                if best["label"] == "not":
                    self.wrong.append((path, start))

    def figures(self, leaks, framework=None):
        chosen = [number for number, label in leaks if framework in (None, label["framework"])]
        hit = sum(number in self.hit for number in chosen)
        count = lambda word: sum(n for (f, label), n in self.lines.items() if label == word and framework in (None, f))
        right, wrong = count("leak"), count("not")
        percent = lambda part, whole: f"{part / whole:7.1%}" if whole else "      -"
        return f"{hit:4}/{len(chosen):<4} {percent(hit, len(chosen))}  {percent(right, right + wrong)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels"); parser.add_argument("trees"); parser.add_argument("--tool", action="append", default=[])
    parser.add_argument("--only"); parser.add_argument("--misses", action="store_true"); parser.add_argument("--wrong", action="store_true")
    options = parser.parse_args()
    given = dict(tool.split("=", 1) for tool in options.tool)
    given.setdefault("leakey", "target/release/leakey")
    labels, leaks = collections.defaultdict(list), []
    for number, line in enumerate(open(options.labels)):
        label = json.loads(line)
        folder = label["repo"].replace("/", "+", 1)
        if os.path.isdir(os.path.join(options.trees, folder)):
            label.setdefault("framework", "other")
            labels[os.path.normpath(f"{folder}/{label['path']}")].append((number, label))
            if label["label"] == "leak":
                leaks.append((number, label))
    scores = {}
    for name, read in TOOLS.items():
        program = shutil.which(os.path.abspath(given[name]) if name in given else name)
        if program is None or (options.only and name not in options.only.split(",")):
            continue
        with tempfile.TemporaryDirectory() as scratch:
            try:
                scores[name] = Score(labels, read(program, options.trees, os.path.join(scratch, "report.json")))
            except (OSError, ValueError, KeyError) as error:
                print(f"{name}: no report: {error}", file=sys.stderr)
    print(f"{len(leaks)} leaks\n{'':16} {'leaks hit':>9} {'recall':>7}  {'precision':>9}  not  unlabelled")
    for name, score in scores.items():
        print(f"{name:16} {score.figures(leaks)}    {len(score.wrong):3}  {len(score.unlabelled)}")
    for framework in sorted({label["framework"] for _, label in leaks}):
        print(f"\n{framework}")
        for name, score in scores.items():
            print(f"  {name:14} {score.figures(leaks, framework)}")
    ours = scores.get("leakey")
    if ours and options.misses:
        for number, label in leaks:
            if number not in ours.hit:
                print(f"missed {label['repo']}/{label['path']}:{label['line']}")
    if ours and options.wrong:
        for word, places in (("not", ours.wrong), ("unlabelled", ours.unlabelled)):
            for path, line in places:
                print(f"{word} {path}:{line}")


main()
