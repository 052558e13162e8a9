#!/usr/bin/env python3
"""Turns TENSAT's single-pattern rules and two of its models into a saturation program.

    tensat.py RULES.txt > tensat.eqr

RULES.txt has a rule a line, two s-expressions with "=>" between them (`?x` is a variable); it is not
part of this project. The models are built here: BERT's eight attention blocks and the five steps of
NasRNN. Terms have no shapes, so nothing checks those; rules with several roots are left out. Limits
are TENSAT's: 50,000 nodes and 15 iterations. The sizes expected are this program's own: each term has
a name beside it, which counts as a node.
"""

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from taso import Signature, parse  # pylint: disable=wrong-import-position

EXPECTED = {"bert": "iterations=7, nodes=743, classes=278",
            "nasrnn": "iterations=2, nodes=634, classes=364"}


def bert(blocks=8):
    """Per block: products with three weights, split into heads, two batched products, joined again."""
    current, output = ["relu", "x"], None
    for i in range(blocks):
        heads = [["transpose", ["reshape", ["matmul", "0", current, f"w{i}_{part}"], "heads"], "swap"]
                 for part in "qkv"]
        attended = ["matmul", "0", ["matmul", "0", heads[0], heads[1]], heads[2]]
        attended = ["reshape", ["transpose", attended, "swap"], "rows"]
        output = attended if output is None else ["noop", output, attended]
        current = ["matmul", "0", current, f"w{i}_o"]
    return ["noop", output, current]


def nas_step(state, x, i):
    """Eight gates, each a sum of two products, combined in pairs."""
    gate = [["ewadd", ["matmul", "0", x, f"u{i}_{g}"], ["matmul", "0", state, f"v{i}_{g}"]]
            for g in range(8)]
    pairs = [["ewadd", ["relu", gate[0]], ["sigmoid", gate[3]]],
             ["ewadd", ["sigmoid", gate[1]], ["tanh", gate[2]]],
             ["ewmul", ["sigmoid", gate[4]], ["tanh", gate[5]]],
             ["ewmul", ["sigmoid", gate[6]], ["relu", gate[7]]]]
    upper = ["ewadd", ["sigmoid", pairs[1]], ["tanh", pairs[2]]]
    lower = ["ewmul", ["tanh", pairs[0]], ["tanh", pairs[3]]]
    return ["tanh", ["ewmul", ["tanh", upper], ["tanh", lower]]]


class Case:
    """A model as equations of names: a tree would repeat what the graph shares."""

    def __init__(self, name):
        self.name, self.lines, self.known = name, [], {}

    def name_of(self, term, signature):
        if not isinstance(term, list):
            return signature.term(term)
        key = f"{term[0]}({', '.join(self.name_of(operand, signature) for operand in term[1:])})"
        if key not in self.known:
            name = f"{self.name}_{len(self.known)}"
            self.known[key] = name
            signature.arity[term[0]] = len(term) - 1
            signature.arity[name] = 0
            self.lines.append(f"  assume {name} <=> {key}")
        return self.known[key]


def nasrnn(case, signature, steps=5):
    state = "state"
    for i in range(steps):
        state = case.name_of(nas_step(state, f"x{i}", i), signature)
    return state


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules")
    options = parser.parse_args()
    signature = Signature()
    rules = []
    with open(options.rules, encoding="utf-8") as file:
        for line in file:
            if "=>" in line:
                left, right = line.strip().split("=>")
                rules.append((signature.term(parse(left)), signature.term(parse(right))))
    cases = [Case("bert"), Case("nasrnn")]
    starts = [cases[0].name_of(bert(), signature), nasrnn(cases[1], signature)]
    print("language 1\npackage bench.tensat\n\nsignature {\n" + signature.text() + "\n}\n")
    for i, (left, right) in enumerate(rules):
        print(f"rule-{i}: {left} => {right}")
    print("\nrun iterations=15, nodes=50000")
    for case, start in zip(cases, starts):
        print(f"\ncase {case.name} {{\n  start {start}")
        print("\n".join(case.lines))
        print(f"  expect {EXPECTED[case.name]}\n}}")


if __name__ == "__main__":
    main()
