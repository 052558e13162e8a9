#!/usr/bin/env python3
"""Extraction on the e-graphs of extraction-gym, against the best known costs.

  extraction.py --tool build/release/tools/xla-eqsat --corpus DIR [--time 10] [--every N] [--rows]

DIR holds data/ and reference_costs.csv (a file a line: tree optimum, costs of other extractors, best
known DAG cost). Each file is extracted twice, by --method=exact and by --method=greedy. Prints a line
a family (with --rows, a line a file), then the bars; exits 1 if one is missed. Seconds are wall time,
and processor time for the greedy method; both with reading the file and without starting the program.
"""
import argparse
import collections
import csv
import json
import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import timing  # noqa: E402

NEAR = ("tensat", "eggcc-bril", "flexc", "egg", "rover", "diospyros")
FAST = ("tensat", "herbie", "flexc", "rover", "eggcc-bril")
ROUNDING = 1e-9


def extract(options, path, method):
    """The tool's report, with the processor seconds beyond those of starting it."""
    cost = timing.measure([options.tool, "extract", path, f"--method={method}",
                           f"--time={options.time}"])
    return {**json.loads(cost.output), "cpu": cost.cpu - options.start_cpu}


def number(text):
    try:
        return float(text)
    except ValueError:
        return float("inf")


def above(cost, bar):
    """Whether `cost` exceeds `bar` by more than rounding."""
    return cost > bar + ROUNDING * abs(bar)


def run(options):
    with open(os.path.join(options.corpus, "reference_costs.csv"), encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    rows = [r for r in rows if os.path.exists(os.path.join(options.corpus, "data", r["file"]))]
    options.start_cpu = min(timing.measure([options.tool, "version"]).cpu for _ in range(9))
    results = []
    for row in rows[::options.every]:
        path = os.path.join(options.corpus, "data", row["file"])
        exact = extract(options, path, "exact")
        greedy = extract(options, path, "greedy")
        results.append({
            "file": row["file"], "family": row["file"].split("/")[0], "exact": exact,
            "greedy": greedy, "tree": number(row["tree_optimal_cost"]),
            "best": number(row["best_known_dag"]),
            "peer": number(row["dag_of_faster_greedy_dag"])})
        if options.rows:
            print(f"{row['file']:<88} best {results[-1]['best']:<12.9g} ours "
                  f"{exact['dag_cost']:<12.9g} bound {exact['lower_bound']:<12.9g} "
                  f"{'proved' if exact['optimal'] else '      '} {exact['seconds']:7.3f} s  "
                  f"greedy {greedy['dag_cost']:<12.9g} {greedy['cpu']:6.3f} s", flush=True)
    return results


def print_families(results):
    print(f"{'family':<16}{'files':>6}{'best known':>14}{'ours':>14}{'bound':>14}{'proved':>8}"
          f"{'seconds':>9}{'greedy':>14}{'seconds':>9}")
    families = collections.defaultdict(list)
    for result in results:
        families[result["family"]].append(result)
    for family, members in families.items():
        total = lambda method, key: sum(m[method][key] for m in members)
        print(f"{family:<16}{len(members):>6}{sum(m['best'] for m in members):>14.8g}"
              f"{total('exact', 'dag_cost'):>14.8g}{total('exact', 'lower_bound'):>14.8g}"
              f"{sum(m['exact']['optimal'] for m in members):>8}"
              f"{total('exact', 'seconds'):>9.2f}{total('greedy', 'dag_cost'):>14.8g}"
              f"{total('greedy', 'cpu'):>9.2f}")


def bars(results):
    """(what, whether met, measure) of each."""
    def share(what, members, miss):
        missed = [m["file"] for m in members if miss(m)]
        return what, not missed, f"{len(members) - len(missed)} of {len(members)}" + "".join(
            f"\n    {file}" for file in missed)

    near = [m for m in results if m["family"] in NEAR]
    fast = [m for m in results if m["family"] in FAST]
    herbie = [m for m in results if m["family"] == "herbie"]
    over = lambda m, factor: above(m["exact"]["dag_cost"], m["best"] + factor * abs(m["best"]))
    yield share("tree cost is the optimum on every file", results,
                lambda m: abs(m["exact"]["tree_cost"] - m["tree"]) > ROUNDING * abs(m["tree"]))
    yield share("DAG within 1 % of the best known, every file", results, lambda m: over(m, 0.01))
    yield share("the same on " + ", ".join(NEAR), near, lambda m: over(m, 0.01))
    if herbie:
        ours, best = (sum(values) for values in zip(*(
            (m["exact"]["dag_cost"], m["best"]) for m in herbie)))
        yield "herbie in total within 0.3 %", ours <= 1.003 * best, f"{ours:.9g} against {best:.9g}"
    yield share("never above faster-greedy-dag", results,
                lambda m: above(m["exact"]["dag_cost"], m["peer"]))
    seconds = sum(m["greedy"]["cpu"] for m in fast)
    yield ("greedy on " + ", ".join(FAST) + " in 1 s", seconds <= 1,
           f"{seconds:.3f} s of processor time")
    yield share("greedy at or below faster-greedy-dag", fast,
                lambda m: above(m["greedy"]["dag_cost"], m["peer"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", default="build/release/tools/xla-eqsat")
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--time", type=float, default=10)
    parser.add_argument("--every", type=int, default=1, help="take every Nth file")
    parser.add_argument("--rows", action="store_true", help="a line for each file too")
    options = parser.parse_args()
    results = run(options)
    print_families(results)
    failed = False
    for what, met, measure in bars(results):
        print(f"{'met   ' if met else 'MISSED'} {what}: {measure}")
        failed |= not met
    sys.exit(failed)


if __name__ == "__main__":
    main()
