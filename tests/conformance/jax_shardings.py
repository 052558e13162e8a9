#!/usr/bin/env python3
"""Compares the shardings of JAX's programs, translated from StableHLO here and by XLA.

  jax_shardings.py TOOL

Programs for eight devices in meshes of one to three axes, in order and not: each sharding of an
argument with each of a constraint, and functions that devices run by themselves. Compares tiles and
Shardy's own words. Prints where they differ, then how many programs agree.
"""
import itertools
import os
import re
import subprocess
import sys
import tempfile

os.environ['XLA_FLAGS'] = '--xla_force_host_platform_device_count=8'
import jax  # noqa: E402  (after the flags that it reads)
import numpy as np  # noqa: E402
from jax.sharding import Mesh, NamedSharding, PartitionSpec as P  # noqa: E402

ARRAY = jax.ShapeDtypeStruct((16, 16), np.float32)


def meshes():
    devices = np.array(jax.devices())
    yield Mesh(devices.reshape(2, 4), ('x', 'y'))
    yield Mesh(devices.reshape(2, 2, 2), ('x', 'y', 'z'))
    yield Mesh(devices[::-1].reshape(4, 2), ('x', 'y'))
    yield Mesh(devices[[0, 2, 1, 3, 4, 6, 5, 7]], ('x',))


def specs(names):
    first, last = names[0], names[-1]
    found = [P(), P(first), P(None, first), P(last), P(tuple(names)), P(None, tuple(names[::-1]))]
    return found + ([P(first, last), P(last, first)] if first != last else [])


def programs():
    for mesh in meshes():
        found = specs(mesh.axis_names)
        for a, b in itertools.product(found, found + [P(P.UNCONSTRAINED, mesh.axis_names[0])]):
            argument, constraint = NamedSharding(mesh, a), NamedSharding(mesh, b)
            yield jax.jit(lambda x, c=constraint: (jax.lax.with_sharding_constraint(x * 2, c), x + 1),
                          in_shardings=argument, out_shardings=(argument, None))
        for a in found:
            yield jax.jit(jax.shard_map(lambda x: x * jax.lax.axis_index('x'), mesh=mesh, in_specs=a,
                                        out_specs=a, check_vma=False))


def shardings(text):
    tiles = re.findall(r'(?<!\.)sharding=(\{.*?\})(?=, frontend|, metadata|\n|$)', text)
    return set(tiles) | set(re.findall(r'xla\.sdy\.[a-z_]*="[^\n]*?"(?=[,}])', text))


def main():
    count = equal = 0
    with tempfile.NamedTemporaryFile('w', suffix='.mlir') as file:
        for program in programs():
            lowered = program.lower(ARRAY)
            file.seek(0)
            file.truncate()
            file.write(lowered.as_text())
            file.flush()
            ours = subprocess.run([sys.argv[1], 'convert', file.name, '--to=hlo-text'],
                                  capture_output=True, text=True, check=True).stdout
            difference = shardings(ours) ^ shardings(lowered.as_text('hlo'))
            count += 1
            equal += not difference
            if difference:
                print(difference)
    print(f'{equal} of {count} programs agree')


if __name__ == '__main__':
    main()
