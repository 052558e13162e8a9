#!/usr/bin/env python3
"""Runs programs whose expected values their authors recorded, and compares.

  values.py TOOL CORPUS

CORPUS holds the folders hlo-evaluator (a JSON line a case: module, arguments, expected value),
xla-mhlo-interpreter (MLIR whose CHECK lines print each function's results) and iree-e2e (MLIR with
check.expect_* operations). Prints each failure, then `FOLDER: right of all` for each folder.
"""
import glob
import json
import math
import os
import re
import subprocess
import sys
import tempfile

NUMBER = re.compile(r'-?(?:\d+\.?\d*(?:e[+-]?\d+)?|inf|nan|INF|NAN)|true|false', re.IGNORECASE)


def run(tool, path, inputs=()):
    """The exit code and the numbers of each printed result, or the message."""
    command = [tool, 'run', path, '--target=interpret'] + [f'--input={i}' for i in inputs]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode:
        return done.returncode, done.stderr.strip().splitlines()[-1:]
    return 0, [json.loads(line.split('=', 1)[1]) for line in done.stdout.splitlines()]


def flat(value):
    if isinstance(value, list):
        return [leaf for part in value for leaf in flat(part)]
    if isinstance(value, str):
        return [float(value.replace('Infinity', 'inf').replace('NaN', 'nan'))]
    return [float(value)]


def equal(found, expected, relative, absolute):
    if math.isnan(found) or math.isnan(expected):
        return math.isnan(found) and math.isnan(expected)
    return found == expected or abs(found - expected) <= max(absolute, relative * abs(expected))


def difference(found, expected, relative=0.0, absolute=0.0):
    if len(found) != len(expected):
        return f'{len(found)} numbers, not {len(expected)}'
    for i, (a, b) in enumerate(zip(found, expected)):
        if not equal(a, b, relative, absolute):
            return f'[{i}]: {a}, not {b}'
    return ''


def input_text(argument):
    numbers = argument['value']
    if argument['shape'].startswith('c'):
        numbers = re.sub(r'\[\s*([^\[\],]+),\s*([^\[\],]+)\]', r'(\1,\2)', json.dumps(numbers))
    return f"{argument['shape']}={numbers if isinstance(numbers, str) else json.dumps(numbers)}"


def evaluator(tool, record, scratch):
    """XLA's evaluator tests; `near` there means 1e-4 for fft."""
    path = os.path.join(scratch, 'case.hlo')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(record['hlo'])
    code, printed = run(tool, path, [input_text(a) for a in record['args']])
    if code:
        return f'exit {code}: {printed}'
    near = record['compare'] == 'near'
    expected = flat(record['expected']['value'])
    if record['expected']['shape'].startswith('c') and len(flat(printed)) == 2 * len(expected):
        expected = [part for real in expected for part in (real, 0.0)]  # recorded by real parts
    # Decimals of f32 values were recorded, so exact means to the bits of f32.
    return difference(flat(printed), expected, 1e-4 if near else 1e-7, 1e-3 if near else 0)


def printed_results(text):
    """The numbers that the CHECK lines after each `Results` name, of `main` alone if there is one."""
    numbers, inside = [], False
    if '@main' in text:
        text = text[:text.find('func.func', text.find('@main()') + 1)]
    for line in text.splitlines():
        line = line.strip()
        check = re.match(r'// CHECK[-\w]*(?:\{LITERAL\})?:\s*(.*)', line)
        if not check:
            inside = inside and line == ''
            continue
        body = check.group(1)
        if body.startswith('Results') or body.startswith('@'):
            inside = body.startswith('Results')
        elif inside:
            numbers += [parse(n) for n in NUMBER.findall(re.sub(r'(TensorOrMemref)?<[^:]*>:', '', body))]
    return numbers


def parse(number):
    return {'true': 1.0, 'false': 0.0}.get(number) if number in ('true', 'false') else float(number)


def mhlo(tool, path):
    with open(path, encoding='utf-8') as file:
        expected = printed_results(file.read())
    code, printed = run(tool, path)
    if code:
        return f'exit {code}: {printed}'
    return difference(flat(printed), expected, 1e-5, 1e-6)


def iree(tool, path):
    code, printed = run(tool, path)
    return f'exit {code}: {printed}' if code else ''


def report(folder, cases):
    failures = [(name, fault) for name, fault in cases if fault]
    for name, fault in failures:
        print(f'{folder}: {name}: {fault}')
    print(f'{folder}: {len(cases) - len(failures)} of {len(cases)}')


def main():
    tool, corpus = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        with open(os.path.join(corpus, 'hlo-evaluator/hlo-evaluator.jsonl'), encoding='utf-8') as file:
            records = [json.loads(line) for line in file]
        report('hlo-evaluator', [(r['name'], evaluator(tool, r, scratch)) for r in records])
    for folder, judge in (('xla-mhlo-interpreter', mhlo), ('iree-e2e', iree)):
        paths = sorted(glob.glob(os.path.join(corpus, folder, '**/*.mlir'), recursive=True))
        report(folder, [(os.path.basename(p), judge(tool, p)) for p in paths])


if __name__ == '__main__':
    main()
