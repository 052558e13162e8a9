#!/usr/bin/env python3
"""Adds rules that cannot match to a saturation program: what do they cost?

    idle_rules.py PROGRAM.eqr [COUNT] > idle.eqr

Each has operators that the program's graphs lack below one that they may have. The cases, and the
sizes that they expect, stay as they are.
"""

import argparse
import re


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("count", type=int, nargs="?", default=500)
    options = parser.parse_args()
    with open(options.program, encoding="utf-8") as file:
        text = file.read()
    unary = re.search(r"\b(\w+)\(a\)", text)
    outer = unary.group(1) if unary else None
    operators = ", ".join(f"idle{i}(a, b)" for i in range(40))
    print(text.rstrip() + "\n\nsignature {\n  " + operators + "\n}\n")
    for i in range(options.count):
        inner = f"idle{i % 40}(a, idle{(i // 40 + i + 1) % 40}(b, c))"
        left = f"{outer}({inner})" if outer and i % 2 else inner
        print(f"idle-rule-{i}: {left} => a")


if __name__ == "__main__":
    main()
