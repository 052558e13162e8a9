#!/usr/bin/env python3
"""Writes a transformer of N layers as a saturation program: does the work grow faster than N?

    layers.py [N…] > layers.eqr

The rules regroup products, move transpositions and factors, and carry a sign from the input through
every layer, so that what holds of a layer follows from the layer before it.
"""

import argparse

HEADER = """# A transformer of N layers, made by layers.py. What is found in a layer is the same in each, so that
# sizes grow by the same number from layer to layer.
language 1
package bench.layers
"""

OPERATORS = """  matmul(a, b), add(a, b) as +, scale(a), softmax(a), transpose(a), tanh(a), norm(a), neg(a)
  x"""

RULES = """commute: a + b => b + a
group-left: matmul(a, matmul(b, c)) => matmul(matmul(a, b), c)
group-right: matmul(matmul(a, b), c) => matmul(a, matmul(b, c))
transpose-twice: transpose(transpose(a)) => a
transpose-product: transpose(matmul(a, b)) => matmul(transpose(b), transpose(a))
scale-left: scale(matmul(a, b)) => matmul(scale(a), b)
scale-right: scale(matmul(a, b)) => matmul(a, scale(b))
scale-out: matmul(scale(a), b) => scale(matmul(a, b))
common-right: matmul(a, c) + matmul(b, c) => matmul(a + b, c)
neg-left: matmul(neg(a), b) => neg(matmul(a, b))
neg-right: matmul(a, neg(b)) => neg(matmul(a, b))
neg-twice: neg(neg(a)) => a
neg-transpose: transpose(neg(a)) => neg(transpose(a))
neg-scale: scale(neg(a)) => neg(scale(a))
neg-sum: neg(a) + neg(b) => neg(a + b)
neg-norm: norm(neg(a)) => neg(norm(a))
neg-tanh: tanh(neg(a)) => neg(tanh(a))
"""


def layer(i, h):
    """The terms of layer i on top of the name `h`, as (name, term) pairs; the last is its result."""
    return [
        ("q", f"matmul({h}, wq{i})"), ("k", f"matmul({h}, wk{i})"), ("v", f"matmul({h}, wv{i})"),
        ("s", "softmax(scale(matmul(q, transpose(k))))"), ("o", f"matmul(matmul(s, v), wo{i})"),
        ("m", f"norm({h} + o)"), ("f", f"matmul(tanh(matmul(m, wu{i})), wd{i})"),
        ("h", "norm(m + f)")]


def case(count):
    """The names are leaves, equal to their terms: a term of many layers would nest too deep."""
    lines = [f"case layers-{count} {{"]
    lines.append(f"  start out{count}")
    lines.append("  assume out0 <=> neg(x)")
    for i in range(1, count + 1):
        names = {}
        for name, term in layer(i, f"out{i - 1}"):
            for known in names:
                for before, after in (("(", ","), ("(", ")"), (" ", ")"), ("(", " "), (" ", ",")):
                    term = term.replace(before + known + after, before + names[known] + after)
            names[name] = f"out{i}" if name == "h" else f"{name}{i}"
            lines.append(f"  assume {names[name]} <=> {term}")
    lines.append("  run scheduler=none, iterations=2000, nodes=1000000")
    lines.append(f"  expect iterations={9 * count + 2}, nodes={179 * count + 3}, classes={65 * count + 2}")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("layers", type=int, nargs="*", default=[1, 2, 4, 8, 16, 24, 36])
    options = parser.parse_args()
    print(HEADER)
    print("signature {\n" + OPERATORS)
    for i in range(max(options.layers) + 1):
        leaves = [f"{name}{i}" for name in ("wq", "wk", "wv", "wo", "wu", "wd",
                                             "q", "k", "v", "s", "o", "m", "f", "out")]
        print("  " + ", ".join(leaves))
    print("}\n\n" + RULES)
    for count in options.layers:
        print("\n".join(case(count)) + "\n}\n")


if __name__ == "__main__":
    main()
