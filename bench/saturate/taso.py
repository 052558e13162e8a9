#!/usr/bin/env python3
"""Turns the equalities of TASO's rule generator, as TENSAT states them, into a saturation program.

    taso.py AXIOMS.tsv EQUALITIES.tsv > taso.eqr

AXIOMS.tsv has a name and two s-expressions a line (`?x` is a variable), EQUALITIES.tsv two
s-expressions a line after a name. The data is not part of this project.
"""

import argparse
import re
import sys


def parse(text):
    """An s-expression as a name or a list."""
    tokens = re.findall(r"[()]|[^\s()]+", text)
    stack = [[]]
    for token in tokens:
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    return stack[0][0]


def word(name):
    """An operator or leaf as a name of the rule language."""
    return re.sub(r"\W", "_", name)


class Signature:
    def __init__(self):
        self.arity = {}

    def term(self, sexp):
        if isinstance(sexp, list):
            head, operands = word(sexp[0]), [self.term(operand) for operand in sexp[1:]]
            self.arity[head] = len(operands)
            return f"{head}({', '.join(operands)})"
        if sexp.startswith("?"):
            return "v_" + word(sexp[1:])
        if re.fullmatch(r"-?\d+", sexp):
            return sexp
        self.arity.setdefault(word(sexp), 0)
        return word(sexp)

    def text(self):
        lines = []
        for name, arity in sorted(self.arity.items()):
            operands = ", ".join(f"a{i}" for i in range(arity))
            lines.append(f"  {name}({operands})" if arity else f"  {name}")
        return "\n".join(lines)


def rows(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            columns = line.rstrip("\n").split("\t")
            if len(columns) >= 2:
                yield columns


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("axioms")
    arguments.add_argument("equalities")
    options = arguments.parse_args()
    signature = Signature()
    rules = [(columns[0], signature.term(parse(columns[-2])), signature.term(parse(columns[-1])))
             for columns in rows(options.axioms)]
    proofs = [(signature.term(parse(columns[-2])), signature.term(parse(columns[-1])))
              for columns in rows(options.equalities)]
    print("language 1\npackage bench.taso\n\nsignature {\n" + signature.text() + "\n}\n")
    names = set()
    for name, left, right in rules:
        name = re.sub(r"\W+", "-", name).strip("-")
        while name in names:
            name += "-again"
        names.add(name)
        print(f"{name}: {left} => {right}")
    print("\ncase equalities {\n  run iterations=30, nodes=200000, rounds=3")
    for left, right in proofs:
        print(f"  prove {left} <=> {right}")
    print(f"  expect proofs={len(proofs)}\n}}")


if __name__ == "__main__":
    sys.exit(main())
