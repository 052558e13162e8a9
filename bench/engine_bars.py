#!/usr/bin/env python3
"""Prints every number that the engine is held to, with its bar: one table, from one run.

    engine_bars.py --tool build/release/tools/xla-eqsat [--runs 5] [--work DIR]
                   [--taso FOLDER] [--model FILE.hlo] [--gym FOLDER]

The peers, egg and egglog, are installed and timed as bench/peers/compare.py says. Data that is not
part of this project comes from TASO's equalities, the largest model to optimize and extraction-gym
(with its table of reference costs); a row without its data says so. Exits 1 if a bar is missed.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, "peers"), os.path.join(HERE, "extraction")]
import compare  # noqa: E402
import extraction  # noqa: E402

PROGRAMS = os.path.join(HERE, "saturate")
LAYERS = (1, 2, 4, 8, 16, 24, 36)
STOPS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)


def saturate(tool, program, *arguments):
    """The cases' reports; of cases that miss what they expect, too."""
    done = subprocess.run([tool, "saturate", program, "--json", *arguments], capture_output=True,
                          text=True)
    return {report["case"]: report for report in json.loads(done.stdout)}


def script(name, *arguments):
    return subprocess.run([sys.executable, os.path.join(PROGRAMS, name), *arguments], check=True,
                          capture_output=True, text=True).stdout


def written(options, name, text):
    path = os.path.join(options.work, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def program(name):
    with open(os.path.join(PROGRAMS, name), encoding="utf-8") as file:
        return file.read()


def against(what, comparison, peer, time_bar, memory_bar=None):
    """Rows of a comparison: by processor time, because wall time on a busy machine says less."""
    median, least, largest = comparison.ratios(peer, "cpu")
    wall = comparison.ratios(peer, "wall")[0]
    yield (what, f"<= {time_bar} x {peer}", median <= time_bar,
           f"{median:.2f} (cpu; {least:.2f} to {largest:.2f}), {wall:.2f} (wall); "
           f"{comparison.median('ours', 'cpu'):.3f} s")
    if memory_bar:
        share = comparison.memory_ratio(peer)
        yield (what + ", memory", f"<= {memory_bar} x {peer}", share <= memory_bar,
               f"{share:.2f}; {comparison.memory('ours'):.0f} MB beyond an idle process")


def peer_rows(options):
    egg, egglog, sources = compare.install(options.work)
    idle = compare.idle_commands(options.tool, egg, egglog, options.work)
    done = {name: compare.Comparison(name, commands, idle, options.runs)
            for name, commands in compare.tasks(options, egg, egglog)}
    names = list(done)
    yield from against("B1: " + names[0], done[names[0]], "egglog", 0.35, 0.6)
    yield from against("B2: " + names[1], done[names[1]], "egglog", 0.3)
    if len(names) > 2:
        yield from against("B3: " + names[2], done[names[2]], "egg", 0.25)
    else:
        yield "B3: TASO's equalities", "<= 0.25 x egg", None, "not run: --taso"
    totals = compare.compare_suites(options, sources)
    ratios = [ours / theirs for ours, theirs in zip(totals["ours"], totals["egg"])]
    median = statistics.median(ratios)
    yield ("egg's math and lambda suites", "<= 0.25 x egg", median <= 0.25,
           f"{median:.2f} (wall; {min(ratios):.2f} to {max(ratios):.2f})")


def timed(options, path, case, average=statistics.median):
    """Seconds over the runs, and a report."""
    reports = [saturate(options.tool, path, "--case", case)[case] for _ in range(options.runs)]
    return average(report["seconds"] for report in reports), reports[0]


def multiset_row(options):
    sums = os.path.join(PROGRAMS, "sums.eqr")
    seconds, report = timed(options, sums, "eleven-terms-as-one")
    yield ("B2 as an associative commutative operator", "< 1 ms", seconds < 1e-3,
           f"{seconds * 1e3:.3f} ms, {report['nodes']} e-nodes")


def idle_row(options):
    source = os.path.join(PROGRAMS, "lambda.eqr")
    idle = written(options, "idle.eqr", script("idle_rules.py", source, "500"))
    with_idle, report = timed(options, idle, "compose-many")
    without, _ = timed(options, source, "compose-many")
    each = (with_idle - without) / report["iterations"]
    yield ("500 rules that cannot match", "< 1 ms an iteration", each < 1e-3,
           f"{each * 1e3:.3f} ms over {report['iterations']} iterations")


def layer_row(options):
    path = written(options, "layers.eqr", script("layers.py", *map(str, LAYERS)))
    seconds = {count: timed(options, path, f"layers-{count}", average=min)[0] for count in LAYERS}
    growth = seconds[LAYERS[-1]] / seconds[LAYERS[0]]
    yield ("time for N identical layers", "no faster than N", growth <= LAYERS[-1] / LAYERS[0],
           ", ".join(f"{seconds[count] * 1e3:.1f}" for count in LAYERS) + " ms for "
           + ", ".join(map(str, LAYERS)))


def limit_rows(options):
    text = re.sub(r"\n *expect [^}]*", "\n", program("math_micro.eqr"))
    over = 0
    for limit in (1000, 30000, 500000):
        path = written(options, "limit.eqr", text)
        report = saturate(options.tool, path, "--case", "eleven-iterations", "--nodes", str(limit))
        over = max(over, report["eleven-iterations"]["nodes"] / limit - 1)
    yield "node limit overshoot", "<= 1 %", over <= 0.01, f"{over * 100:.3f} %"
    late = []
    for limit in STOPS:
        path = written(options, "stop.eqr",
                       text.replace("run iterations=11", f"run iterations=100, seconds={limit}"))
        report = saturate(options.tool, path, "--case", "eleven-iterations", "--nodes", "100000000")
        late.append((report["eleven-iterations"]["seconds"] - limit,
                     report["eleven-iterations"]["nodes"]))
    yield ("stop latency", "<= 50 ms", max(late)[0] <= 0.05,
           ", ".join(f"{seconds * 1e3:.0f} ms at {nodes:,}" for seconds, nodes in late))


def model_row(options):
    what, bar = "largest model, shipped rules, default budget", "<= 10 s, <= 2 GiB"
    if not options.model:
        yield what, bar, None, "not run: --model"
        return
    cost = compare.measure([options.tool, "optimize", options.model, "-q", "-o",
                            os.path.join(options.work, "model.hlo")])
    yield (what, bar, cost.wall <= 10 and cost.peak <= 2048,
           f"{cost.wall:.1f} s wall, {cost.cpu:.1f} s cpu, {cost.peak:.0f} MB")


def extraction_rows(options):
    if not options.gym:
        yield "extraction", "see bench/extraction", None, "not run: --gym"
        return
    settings = argparse.Namespace(tool=options.tool, corpus=options.gym, time=10, every=1,
                                  rows=False)
    for what, met, measure in extraction.bars(extraction.run(settings)):
        yield "extraction: " + what, "", met, measure


def rows(options):
    for source in (peer_rows, multiset_row, idle_row, layer_row, limit_rows, model_row,
                   extraction_rows):
        yield from source(options)


def main():
    options = compare.parse_options(__doc__, "--model", "--gym")
    missed = False
    for what, bar, met, measure in rows(options):
        verdict = "      " if met is None else "met   " if met else "MISSED"
        print(f"{verdict} {what:<52} {bar:<20} {measure}", flush=True)
        missed |= met is False
    sys.exit(missed)


if __name__ == "__main__":
    main()
