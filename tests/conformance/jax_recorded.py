#!/usr/bin/env python3
"""Runs the programs that JAX exported over the years on the inputs it recorded with them.

  jax_recorded.py TOOL [PATTERN]

JAX keeps them, with the results of the machine of their day, to test that they stay readable; they
come with the package that this Python imports. Prints a line for each program that is not run, or
whose results are others, then how many give theirs. Results agree to 2e-3 in 32 bits and to 1e-6 in
64, or to a twentieth of that beside the largest. Vectors that a factor of absolute value 1, or another basis of a space, would change as well are
compared by what they compose: v·w·vᴴ, u·s·vᴴ, or as vectors of the matrix.
"""
import importlib
import os
import pkgutil
import re
import subprocess
import sys
import tempfile

import jax._src.internal_test_util.export_back_compat_test_data as recorded
import numpy as np

from frameworks import value_of


def programs():
    def found_in(name, value):
        if isinstance(value, dict) and 'mlir_module_serialized' in value:
            yield name, value
        elif isinstance(value, dict):
            for key, part in value.items():
                yield from found_in(f'{name}.{key}', part)

    for module in pkgutil.walk_packages(recorded.__path__, recorded.__name__ + '.'):
        contents = vars(importlib.import_module(module.name))
        for name in sorted(contents):
            if name.startswith('data'):
                yield from found_in(f'{module.name.split(".")[-1]}.{name}', contents[name])


def adjoint(matrix):
    return np.conj(np.swapaxes(matrix, -1, -2))


def invariants(name, results):
    """What does not depend on the choice of vectors."""
    if 'eigh' in name.lower():
        vectors, values = results
        return [values, vectors * values[..., None, :] @ adjoint(vectors), adjoint(vectors) @ vectors]
    if 'svd' in name:
        u, values, vh = results
        return [values, u * values[..., None, :] @ vh]
    if 'schur' in name:
        triangle, vectors = results
        return [vectors @ triangle @ adjoint(vectors), adjoint(vectors) @ vectors]
    if 'eig_' in name:
        values, left, right = results
        matrix = np.arange(right.size, dtype=right.dtype).reshape(right.shape)  # the program's own
        return [np.sort_complex(values).round(4), matrix @ right - right * values,
                adjoint(left) @ matrix - values[:, None] * adjoint(left)]
    return results


def agree(found, expected, is_single):
    tolerance = 2e-3 if is_single else 1e-6
    scale = max(1, np.abs(expected).max(initial=0))
    return found.shape == expected.shape and np.allclose(found, expected, tolerance,
                                                         tolerance / 20 * scale, equal_nan=True)


def fault_of(tool, scratch, name, data):
    program = os.path.join(scratch, 'program')
    with open(program, 'wb') as file:
        file.write(data['mlir_module_serialized'])
    command = [tool, 'run', program, '--target=interpret']
    for i, argument in enumerate(data['inputs']):
        np.save(f'{program}.{i}.npy', np.asarray(argument))
        command.append(f'--input=@{program}.{i}.npy')
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    found = [value_of(line) for line in done.stdout.splitlines()]
    expected = [np.asarray(value) for value in data['expected_outputs']]
    if [f.shape for f in found] != [e.shape for e in expected]:
        return f'shapes {[f.shape for f in found]}, not {[e.shape for e in expected]}'
    is_single = not any(e.dtype in (np.float64, np.complex128) for e in expected)
    if all(agree(f, e, is_single) for f, e in zip(found, expected)):
        return ''
    for f, e in zip(invariants(name, found), invariants(name, expected)):
        if not agree(f, e, is_single):
            return f'{f.ravel()[:6]}, not {e.ravel()[:6]}'
    return ''


def main():
    tool, pattern = sys.argv[1], (sys.argv[2:] or ['.'])[0]
    count = equal = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name, data in programs():
            if not re.search(pattern, name):
                continue
            fault = fault_of(tool, scratch, name, data)
            count += 1
            equal += not fault
            if fault:
                print(f'{name}: {fault}')
    print(f'{equal} of {count} give the values recorded')
    return 0


if __name__ == '__main__':
    sys.exit(main())
