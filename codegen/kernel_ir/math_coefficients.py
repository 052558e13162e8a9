#!/usr/bin/env python3
"""Prints math_coefficients.h: the polynomials behind math.cc, fitted with mpmath.

Each polynomial interpolates its function at Chebyshev nodes, which is within a small factor of the
best fit, and is printed lowest power first. Run: math_coefficients.py > math_coefficients.h
"""

import mpmath as mp

mp.mp.dps = 60


def fit(function, low, high, degree):
    """Coefficients of the polynomial through `function` at degree + 1 Chebyshev nodes."""
    n = degree + 1
    nodes = [(low + high) / 2 + (high - low) / 2 * mp.cos((2 * k + 1) * mp.pi / (2 * n))
             for k in range(n)]
    matrix = mp.matrix(n, n)
    for i, x in enumerate(nodes):
        for j in range(n):
            matrix[i, j] = x ** j
    return list(mp.lu_solve(matrix, mp.matrix([function(x) for x in nodes])))


def power_series(terms):
    """The sum of terms(k) x^k; converges fast where it is used."""
    return lambda x: mp.nsum(lambda k: terms(int(k)) * x ** int(k), [0, 40])


LN2 = mp.log(2)
ROOT = mp.sqrt(2) - 1

# (e^r - 1 - r) / r^2
exp_tail = power_series(lambda k: 1 / mp.factorial(k + 2))
# log((1 + s) / (1 - s)) = 2 s + s z R(z), z = s^2
log_tail = power_series(lambda k: mp.mpf(2) / (2 * k + 3))
# sin r = r + r z S(z), cos r = 1 - z / 2 + z^2 C(z), z = r^2
sin_tail = power_series(lambda k: mp.mpf(-1) ** (k + 1) / mp.factorial(2 * k + 3))
cos_tail = power_series(lambda k: mp.mpf(-1) ** k / mp.factorial(2 * k + 4))
# atan t = t + t z A(z), z = t^2
atan_tail = power_series(lambda k: mp.mpf(-1) ** (k + 1) / (2 * k + 3))
# erf x = x E(z), z = x^2
erf_low = power_series(
    lambda k: 2 / mp.sqrt(mp.pi) * mp.mpf(-1) ** k / (mp.factorial(k) * (2 * k + 1)))


def log_erfc(center, half):
    """log(erfc(x)) + x^2 as a function of t in [-1, 1], x = center + half t."""
    return lambda t: mp.log(mp.erfc(center + half * t)) + (center + half * t) ** 2


S_MAX = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)
QUARTER = mp.pi / 4

TABLES = [
    # name, function, low, high, degree for f32, degree for f64
    ("ExpTail", exp_tail, -LN2 / 2, LN2 / 2, 4, 10),
    ("LogTail", log_tail, mp.mpf(0), S_MAX ** 2, 3, 7),
    ("SinTail", sin_tail, mp.mpf(0), QUARTER ** 2, 3, 6),
    ("CosTail", cos_tail, mp.mpf(0), QUARTER ** 2, 3, 6),
    ("AtanTail", atan_tail, mp.mpf(0), ROOT ** 2, 5, 12),
    ("ErfLow", erf_low, mp.mpf(0), mp.mpf(1), 6, 13),
    ("ErfcLog", log_erfc(mp.mpf("2.5"), mp.mpf("1.5")), mp.mpf(-1), mp.mpf(1), 9, 0),
    ("ErfcLogNear", log_erfc(mp.mpf("2"), mp.mpf("1")), mp.mpf(-1), mp.mpf(1), 0, 19),
    ("ErfcLogFar", log_erfc(mp.mpf("4.5"), mp.mpf("1.5")), mp.mpf(-1), mp.mpf(1), 0, 19),
]

HEAD = """// Written by math_coefficients.py: polynomials, lowest power first.
#ifndef EQSAT_CODEGEN_KERNEL_IR_MATH_COEFFICIENTS_H_
#define EQSAT_CODEGEN_KERNEL_IR_MATH_COEFFICIENTS_H_

namespace eqsat::codegen::math {
"""
TAIL = """
}  // namespace eqsat::codegen::math

#endif  // EQSAT_CODEGEN_KERNEL_IR_MATH_COEFFICIENTS_H_"""


def main():
    print(HEAD)
    for name, function, low, high, *degrees in TABLES:
        for bits, degree in zip(("32", "64"), degrees):
            if not degree:
                continue
            values = fit(function, low, high, degree)
            digits = 10 if bits == "32" else 19
            text = ", ".join(mp.nstr(v, digits, strip_zeros=False) for v in values)
            print(f"inline constexpr double k{name}{bits}[] = {{{text}}};")
    print(TAIL)


if __name__ == "__main__":
    main()
