#!/usr/bin/env python3
"""Prints math_two_over_pi.inc: as many bits of 2 / pi as the greatest f64 needs."""

import mpmath as mp

DIGITS = 37

mp.mp.prec = 32 * DIGITS + 64


def main():
    rest = 2 / mp.pi
    digits = []
    for _ in range(DIGITS):
        rest *= 2 ** 32
        digits.append(int(mp.floor(rest)))
        rest -= digits[-1]
    print("// Written by math_two_over_pi.py: 2 / pi = 0.d0 d1 d2 … in digits of 32 bits.")
    print("constexpr uint32_t kTwoOverPi[] = {%s};" % ", ".join("0x%08x" % d for d in digits))


if __name__ == "__main__":
    main()
