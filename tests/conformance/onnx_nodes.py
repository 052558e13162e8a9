#!/usr/bin/env python3
"""The test cases of the onnx package, a model of one operator each: which give the expected values.

  onnx_nodes.py TOOL [PART OF A NAME]

Needs onnx and ml_dtypes, which pip installs. HLO has no sizes that follow from data: where a case has
them as inputs, its small inputs are made constants of the model.
"""
import collections
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import warnings

import ml_dtypes
import numpy as np
import onnx
from onnx.backend.test.case.node import collect_testcases

SMALLEST_OPSET = 13
NAMES = {np.dtype(bool): 'pred', np.dtype(np.complex64): 'c64', np.dtype(np.complex128): 'c128'}
for kind, prefix in (('float', 'f'), ('int', 's'), ('uint', 'u')):
    for bits in (8, 16, 32, 64):
        if hasattr(np, f'{kind}{bits}'):
            NAMES[np.dtype(f'{kind}{bits}')] = f'{prefix}{bits}'
NAMES |= {np.dtype(getattr(ml_dtypes, name)): hlo for name, hlo in (
    ('bfloat16', 'bf16'), ('int2', 's2'), ('uint2', 'u2'), ('int4', 's4'), ('uint4', 'u4'),
    ('float4_e2m1fn', 'f4e2m1fn'), ('float8_e4m3fn', 'f8e4m3fn'), ('float8_e5m2', 'f8e5m2'),
    ('float8_e4m3fnuz', 'f8e4m3fnuz'), ('float8_e5m2fnuz', 'f8e5m2fnuz'),
    ('float8_e8m0fnu', 'f8e8m0fnu'))}


def arrays(values):
    """None if one is no tensor of numbers."""
    out = []
    for value in values:
        if isinstance(value, onnx.TensorProto):
            value = onnx.numpy_helper.to_array(value)
        if not isinstance(value, (np.ndarray, np.generic)) or np.asarray(value).dtype not in NAMES:
            return None
        out.append(np.asarray(value))
    return out


def shape_text(x):
    return f"{NAMES[x.dtype]}[{','.join(map(str, x.shape))}]"


def literal(x):
    flat = x.flatten()
    if x.dtype.kind == 'c':
        flat = [part for value in flat for part in (value.real, value.imag)]
    integer = NAMES[x.dtype][0] in 'sup'
    return shape_text(x) + '=' + ' '.join(str(int(v)) if integer else repr(float(v)) for v in flat)


def execute(tool, model, inputs, scratch):
    path = os.path.join(scratch, 'model.onnx')
    onnx.save(model, path)
    command = [tool, 'run', path, '--target=interpret', '--json']
    for number, x in enumerate(inputs):
        with open(os.path.join(scratch, str(number)), 'w', encoding='utf-8') as file:
            file.write(literal(x))
        command.append(f'--input=@{scratch}/{number}')
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def with_constants(model, inputs):
    out, rest = onnx.ModelProto(), []
    out.CopyFrom(model)
    del out.graph.input[:]
    for value, x in zip(model.graph.input, inputs):
        if x.ndim <= 1 or x.dtype.kind in 'iub':
            out.graph.initializer.append(onnx.numpy_helper.from_array(x, value.name))
        else:
            out.graph.input.append(value)
            rest.append(x)
    return out, rest


def numbers(values, like):
    if like.dtype.kind == 'c':
        return np.array([complex(float(a), float(b)) for a, b in values]).reshape(like.shape)
    if NAMES[like.dtype][0] in 'sup':
        return np.array([int(v) for v in values], dtype=object).reshape(like.shape)
    return np.array([float(v) for v in values]).reshape(like.shape)


def close(got, expected, case):
    if NAMES[expected.dtype][0] in 'sup':
        return all(int(a) == int(b) for a, b in zip(got.flatten(), expected.flatten()))
    narrow = expected.dtype.itemsize <= 2
    wide = expected.astype(np.complex128 if expected.dtype.kind == 'c' else np.float64)
    return np.allclose(got, wide, equal_nan=True, rtol=max(case.rtol, 1e-2 if narrow else 0),
                       atol=max(case.atol, 1e-3 if narrow else 1e-7))


def verdict(tool, case):
    opsets = [entry.version for entry in case.model.opset_import if entry.domain in ('', 'ai.onnx')]
    if opsets and max(opsets) < SMALLEST_OPSET:
        return 'of an older opset', ''
    for given, expected in case.data_sets:
        inputs, outputs = arrays(given), arrays(expected)
        if inputs is None or outputs is None:
            return 'no tensors of numbers', ''
        with tempfile.TemporaryDirectory() as scratch:
            done = execute(tool, case.model, inputs, scratch)
            if 'follows from data' in done.stderr:
                done = execute(tool, *with_constants(case.model, inputs), scratch)
        if done.returncode:
            return 'refused', done.stderr.strip().split('error')[-1][-160:]
        got = json.loads(done.stdout)['outputs']
        for number, (value, want) in enumerate(zip(got, outputs)):
            if value['shape'] != shape_text(want):
                return 'wrong', f"output {number} is {value['shape']}, not {shape_text(want)}"
            if not close(numbers(value['values'], want), want, case):
                return 'wrong', f'output {number}'
    return 'right', ''


def main():
    warnings.filterwarnings('ignore')
    tool, part = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ''
    cases = [case for case in collect_testcases(None) if part in case.name and case.model is not None]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = list(zip(cases, pool.map(lambda case: verdict(tool, case), cases)))
    for what, count in sorted(collections.Counter(v for _, (v, _) in found).items()):
        print(f'{what}: {count} of {len(cases)}')
    for case, (what, why) in found:
        if what in ('refused', 'wrong'):
            print(f'  {what} {case.name}: {why}')


if __name__ == '__main__':
    main()
