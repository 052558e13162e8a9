#!/usr/bin/env python3
"""Times egg and egglog beside xla-eqsat on the same work, in turns within one run.

    compare.py --tool build/release/tools/xla-eqsat [--work DIR] [--runs 5] [--taso FOLDER]

The peers are installed once into DIR from crates.io (needs cargo). Each task runs `--runs` times, the
engines taking turns, so that a busy machine slows all of them alike. Printed are the medians of
processor time (user and system), of wall time and of the memory that a task takes beyond what the
same process takes to do nothing, and the ratios of ours to each peer's with their least and largest
values over the turns. TASO's equalities are read from FOLDER (axioms.tsv, equalities.tsv), which is
not part of this project. egg's own test suites are run from its package.
"""

import argparse
import functools
import glob
import os
import re
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.dirname(HERE))
import timing  # noqa: E402

PROGRAMS = os.path.join(os.path.dirname(HERE), "saturate")
EGGLOG_VERSION = "3.0.0"
EGGLOG_OPERATORS = {"d": "Diff", "i": "Integral", "+": "Add", "-": "Sub", "*": "Mul", "/": "Div",
                    "pow": "Pow", "ln": "Ln", "sqrt": "Sqrt", "sin": "Sin", "cos": "Cos"}
UNARY = {"ln", "sqrt", "sin", "cos"}
# Suites of egg by the program of ours that has the same cases, and what that has beside them: egg runs
# these terms as a benchmark of its matcher.
SUITES = {"math": "math.eqr", "lambda": "lambda.eqr"}
NOT_IN_SUITES = {"seven-terms"}


def shell(command, **options):
    subprocess.run(command, check=True, **options)


def install(work):
    """Builds the peers in `work`; returns the paths of egg's runner, egglog and egg's sources."""
    root = os.path.join(work, "root")
    egglog = os.path.join(root, "bin", "egglog")
    if not os.path.exists(egglog):
        shell(["cargo", "install", "egglog", "--version", EGGLOG_VERSION, "--root", root, "--locked"])
    crate = os.path.join(work, "egg")
    shutil.copytree(os.path.join(HERE, "egg"), crate, dirs_exist_ok=True)
    shell(["cargo", "build", "--release", "--quiet"], cwd=crate)
    sources = glob.glob(os.path.expanduser("~/.cargo/registry/src/*/egg-0.11.0"))
    return os.path.join(crate, "target/release/egg-peer"), egglog, sources[0] if sources else None


measure = functools.partial(timing.measure, stderr=subprocess.DEVNULL)


def to_egglog(sexp):
    """A term of a task in egglog's syntax: leaves are wrapped, variables lose their mark."""
    tokens = re.findall(r"[()]|[^\s()]+", sexp)
    out = []
    for i, token in enumerate(tokens):
        if token in "()":
            out.append(token)
        elif i > 0 and tokens[i - 1] == "(":
            out.append(EGGLOG_OPERATORS[token])
        elif token.startswith("?"):
            out.append(token[1:])
        else:
            out.append(f"(Const {token})" if re.fullmatch(r"-?\d+", token) else f'(Var "{token}")')
    return " ".join(out)


def write_egglog(task, iterations, path):
    constructors = " ".join(f"({name} {'Math' if op in UNARY else 'Math Math'})"
                            for op, name in EGGLOG_OPERATORS.items())
    lines = [f"(datatype Math {constructors} (Const i64) (Var String))"]
    with open(task, encoding="utf-8") as file:
        for line in file:
            kind, *rest = line.rstrip("\n").split("\t")
            lines.append(f"(rewrite {to_egglog(rest[1])} {to_egglog(rest[2])})" if kind == "rule"
                         else to_egglog(rest[0]))
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + f"\n(run {iterations})\n")


def write_sum(terms, path):
    term = f"(+ x{terms - 1} x{terms})"
    for i in range(terms - 2, 0, -1):
        term = f"(+ x{i} {term})"
    with open(path, "w", encoding="utf-8") as file:
        file.write("rule\tcommute\t(+ ?a ?b)\t(+ ?b ?a)\n"
                   "rule\tassociate\t(+ ?a (+ ?b ?c))\t(+ (+ ?a ?b) ?c)\n"
                   f"term\t{term}\n")


def ours(tool, program, *cases):
    return [tool, "saturate", program] + [word for case in cases for word in ("--case", case)]


def tasks(options, egg, egglog):
    """(name, {engine: command}) of each task."""
    work = options.work
    micro = os.path.join(HERE, "micro.tsv")
    write_egglog(micro, 11, os.path.join(work, "micro.egg"))
    yield "math micro-benchmark, 11 iterations", {
        "ours": ours(options.tool, os.path.join(PROGRAMS, "math_micro.eqr"), "eleven-iterations"),
        "egglog": [egglog, os.path.join(work, "micro.egg")], "egg": [egg, "run", micro, "11"]}
    task = os.path.join(work, "sum.tsv")
    write_sum(11, task)
    write_egglog(task, 100, os.path.join(work, "sum.egg"))
    yield "sum of 11 terms", {
        "ours": ours(options.tool, os.path.join(PROGRAMS, "sums.eqr"), "eleven-terms"),
        "egglog": [egglog, os.path.join(work, "sum.egg")], "egg": [egg, "run", task, "100"]}
    if options.taso:
        data = [os.path.join(options.taso, name) for name in ("axioms.tsv", "equalities.tsv")]
        program = os.path.join(work, "taso.eqr")
        with open(program, "w", encoding="utf-8") as file:
            shell([sys.executable, os.path.join(PROGRAMS, "taso.py"), *data], stdout=file)
        yield "TASO's equalities", {"ours": ours(options.tool, program), "egg": [egg, "prove", *data]}


def idle_commands(tool, egg, egglog, work):
    """{engine: a command that does nothing}."""
    nothing = os.path.join(work, "nothing")
    with open(nothing, "w", encoding="utf-8"):
        pass
    return {"ours": [tool, "version"], "egglog": [egglog, nothing], "egg": [egg, "run", nothing, "0"]}


class Comparison:
    """What a task cost each engine, turn by turn."""

    def __init__(self, name, commands, idle, runs):
        self.name = name
        self.idle = {engine: measure(idle[engine]).peak for engine in commands}
        self.costs = {engine: [] for engine in commands}
        for _ in range(runs):
            for engine, command in commands.items():
                self.costs[engine].append(measure(command))

    def median(self, engine, what):
        return statistics.median(getattr(cost, what) for cost in self.costs[engine])

    def memory(self, engine):
        return self.median(engine, "peak") - self.idle[engine]

    def memory_ratio(self, peer):
        return self.memory("ours") / self.memory(peer)

    def ratios(self, peer, what):
        """Median, least and largest of ours divided by the peer's."""
        values = [getattr(ours, what) / getattr(theirs, what)
                  for ours, theirs in zip(self.costs["ours"], self.costs[peer])]
        return statistics.median(values), min(values), max(values)

    def print(self):
        print(self.name)
        for engine in self.costs:
            line = (f"  {engine:7} {self.median(engine, 'cpu'):8.3f} s cpu "
                    f"{self.median(engine, 'wall'):8.3f} s wall {self.memory(engine):8.1f} MB "
                    f"above {self.idle[engine]:.0f}")
            if engine != "ours":
                line += "   ours is %.2f of its cpu (%.2f to %.2f)," % self.ratios(engine, "cpu")
                line += " %.2f of its wall (%.2f to %.2f)," % self.ratios(engine, "wall")
                line += f" {self.memory_ratio(engine):.2f} of its memory"
            print(line, flush=True)


def cases_of_suite(program):
    """The cases of a program that egg's suite has."""
    with open(program, encoding="utf-8") as file:
        cases = re.findall(r"^case (\S+)", file.read(), re.MULTILINE)
    return [case for case in cases if case not in NOT_IN_SUITES]


def compare_suites(options, sources):
    """egg's own tests of math and of the lambda calculus against our cases of the same names: wall
    seconds of each turn, egg's by its own timer and ours of the whole process."""
    copy = os.path.join(options.work, "egg-sources")
    if not os.path.exists(copy):
        shutil.copytree(sources, copy)
        os.remove(os.path.join(copy, "rust-toolchain"))
    command = ["cargo", "test", "--release", "--quiet", "--test"]
    totals = {"ours": [], "egg": []}
    for _ in range(options.runs):
        table = os.path.join(options.work, "egg.csv")
        if os.path.exists(table):
            os.remove(table)
        ours_total = 0.0
        for suite, program in SUITES.items():
            subprocess.run(command + [suite, "--", "--test-threads=1", "--skip", "bench"], cwd=copy,
                           env={**os.environ, "EGG_BENCH_CSV": table}, check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            path = os.path.join(PROGRAMS, program)
            ours_total += measure(ours(options.tool, path, *cases_of_suite(path))).wall
        with open(table, encoding="utf-8") as file:
            totals["egg"].append(sum(float(line.split(",")[1]) for line in file))
        totals["ours"].append(ours_total)
    return totals


def print_suites(totals):
    ratios = [a / b for a, b in zip(totals["ours"], totals["egg"])]
    print("egg's math and lambda suites (wall time; egg: its own timer; ours: the whole process)")
    print(f"  egg     {statistics.median(totals['egg']):8.3f} s\n"
          f"  ours    {statistics.median(totals['ours']):8.3f} s   ours is "
          f"{statistics.median(ratios):.2f} of it ({min(ratios):.2f} to {max(ratios):.2f})")


def parse_options(description, *more):
    """The command line of a benchmark beside the peers; `more` names options of its own."""
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", required=True)
    parser.add_argument("--work", default="/tmp/eqsat-peers")
    parser.add_argument("--runs", type=int, default=5)
    for option in ("--taso", *more):
        parser.add_argument(option)
    options = parser.parse_args()
    options.tool = os.path.abspath(options.tool)
    os.makedirs(options.work, exist_ok=True)
    return options


def main():
    options = parse_options(__doc__)
    egg, egglog, sources = install(options.work)
    idle = idle_commands(options.tool, egg, egglog, options.work)
    for name, commands in tasks(options, egg, egglog):
        Comparison(name, commands, idle, options.runs).print()
    if sources:
        print_suites(compare_suites(options, sources))


if __name__ == "__main__":
    main()
