#!/usr/bin/env python3
"""What `xla-eqsat check` says of a corpus of texts with known verdicts.

  corpus.py TOOL CORPUS [texts|labels|stablehlo|roundtrips]…

texts       xla-test-modules and hlo-parser (a JSON line a case), xla-hlo, jax-export, stablehlo-models
            and stablehlo-print: everything that is refused, by the reason.
labels      hlo-parser's must-fail texts and hlo-verifier's labels, under the mode of XLA's verifier
            that each test names.
stablehlo   the sections of stablehlo-verify: which of its expected errors are found.
roundtrips  text -> proto -> JSON -> text of xla-models, xla-benchmarks, hlo-json and hlo-proto.
"""
import collections
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

# The verifier mode of single tests, where their text does not have it. The suites' names give the
# layout rule and mixed precision.
MODES = {
    'AsyncOpComputationNotTrivial': ['--one-op-async'],
    'CollectivePermuteCrossPartitionTargetOOR': ['--partitions=3'],
    'CollectivePermuteCrossReplicaTargetOOR': ['--replicas=3'],
    'ReshapeIsNotBitcast': ['--reshape-is-bitcast'],
    'UnboundedDynamismDefaultRejected': ['--bounded'],
    'UnboundedDynamismRejectsUnsupportedOp': ['--bounded'],
    'VerifyInstructionNameChanged': ['--scheduled-names'],
}

TEMPLATE = re.compile(r'found `(\$|<|\{)|expected a dimension, found|no opcode is named (\d|[A-Z])|'
                      r'element type, found `TYPE`|attribute\'s name, found `\}`')


def check(tool, path, options=()):
    done = subprocess.run([tool, 'check', path, *options], capture_output=True, text=True,
                          timeout=120, errors='replace')
    message = done.stdout.strip().replace(path, '')
    return '' if done.returncode == 0 else message


def each(function, cases):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(zip(cases, pool.map(function, cases)))


def records(corpus, pattern, scratch):
    for source in sorted(glob.glob(os.path.join(corpus, pattern))):
        with open(source, encoding='utf-8') as file:
            lines = file.readlines()
        for number, line in enumerate(lines):
            record = json.loads(line)
            stem = os.path.basename(source).removesuffix('.jsonl')
            name = re.sub(r'[^\w.-]', '_', record.get('name') or '')
            path = os.path.join(scratch, f'{stem}.{number}.{name}.hlo')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(record['hlo'])
            yield record, path


def reason(message):
    if TEMPLATE.search(message):
        return 'a template: a placeholder stands where a type, size, opcode or value must'
    if 'no computation is named' in message:
        return 'a fragment: it calls computations that are not in the text'
    if 'found the end of the text' in message:
        return 'cut off: the text ends within a computation, or holds none'
    return 'malformed by the rules of HLO'


def texts(tool, corpus, scratch):
    good = ('round', 'parse', 'must-parse')
    cases = [p for _, p in records(corpus, 'xla-test-modules/*.jsonl', scratch)]
    cases += [p for r, p in records(corpus, 'hlo-parser/*.jsonl', scratch) if r['kind'].startswith(good)]
    for pattern in ('xla-hlo/*.hlo', 'jax-export/**/*.mlir', 'stablehlo-models/*.mlir',
                    'stablehlo-models/*.bc', 'stablehlo-print/*.mlir'):
        cases += sorted(glob.glob(os.path.join(corpus, pattern), recursive=True))
    refused = collections.defaultdict(list)
    for path, message in each(lambda p: check(tool, p), cases):
        if message:
            refused[reason(message)].append((os.path.basename(path), message))
    print(f'texts: {len(cases) - sum(map(len, refused.values()))} of {len(cases)}')
    for why, those in sorted(refused.items()):
        print(f'\n{why}: {len(those)}')
        for name, message in those:
            print(f'  {name}: {message[:160]}' if why.startswith('malformed') else f'  {name}')


def mode(record):
    options = list(MODES.get(record['name'], []))
    if record['layout_sensitive']:
        options.append('--layouts=kept')
    if 'AllowedWhenInsensitive' in record['name'] or record['name'].endswith('PinAllowed'):
        options.append('--layouts=ignored')
    if 'AllowMixedPrecision' in record['suite']:
        options.append('--mixed-precision')
    if record['name'] == 'MismatchPartitionCount' and not record['valid']:
        options.append('--partitions=2')
    return options


def labels(tool, corpus, scratch):
    bad = [(r, p) for r, p in records(corpus, 'hlo-parser/*.jsonl', scratch) if r['kind'] == 'must-fail']
    found = each(lambda case: check(tool, case[1]), bad)
    print(f'must-fail: {sum(bool(m) for _, m in found)} of {len(bad)}')
    for (record, _), message in found:
        if not message:
            print(f"  accepted: {record['name']}")
    cases = list(records(corpus, 'hlo-verifier/*.jsonl', scratch))
    found = each(lambda case: check(tool, case[1], mode(case[0])), cases)
    wrong = [(r['name'], m) for (r, _), m in found if r['valid'] == bool(m)]
    print(f'labels: {len(cases) - len(wrong)} of {len(cases)}')
    for name, message in wrong:
        print(f"  {name}: {message or 'accepted'}")


def stablehlo(tool, corpus, scratch):
    cases = []
    for source in sorted(glob.glob(os.path.join(corpus, 'stablehlo-verify/*.mlir'))):
        with open(source, encoding='utf-8') as file:
            sections = re.split(r'(?m)^// -----.*$', file.read())
        for number, section in enumerate(sections):
            if 'hlo_test_' in section or '%' not in section:
                continue  # the test dialect is no part of StableHLO
            path = os.path.join(scratch, f'{os.path.basename(source)}.{number}.mlir')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(section)
            cases.append((path, 'expected-error' in section))
    found = each(lambda case: check(tool, case[0]), cases)
    for expected, what in ((True, 'with an expected error that are refused'), (False, 'without that are accepted')):
        those = [bool(m) == expected for (_, error), m in found if error == expected]
        print(f'stablehlo-verify sections {what}: {sum(those)} of {len(those)}')


def trip(tool, path, scratch):
    """Whether the text of a module is the same after a trip through all formats."""
    stem = os.path.join(scratch, os.path.basename(path))
    steps = [path] + [f'{stem}.{ending}' for ending in ('0.hlo', '1.pb', '2.json', '3.hlo')]
    for source, target in zip(steps, steps[1:]):
        done = subprocess.run([tool, 'convert', source, '-o', target], capture_output=True, text=True)
        if done.returncode:
            return done.stderr.strip()
    with open(steps[1], 'rb') as a, open(steps[4], 'rb') as b:
        equal = a.read() == b.read()
    for step in steps[1:]:
        os.remove(step)
    return '' if equal else 'the texts differ'


def roundtrips(tool, corpus, scratch):
    for pattern in ('xla-models/*.hlo', 'xla-benchmarks/*.hlo', 'hlo-json/*.json', 'hlo-proto/*.pb*'):
        cases = sorted(glob.glob(os.path.join(corpus, pattern)))
        found = each(lambda p: trip(tool, p, scratch), cases)
        print(f'{pattern}: {sum(not m for _, m in found)} of {len(cases)}')
        for path, message in found:
            if message:
                print(f'  {os.path.basename(path)}: {message[:200]}')


def main():
    tool, corpus = sys.argv[1:3]
    measures = {'texts': texts, 'labels': labels, 'stablehlo': stablehlo, 'roundtrips': roundtrips}
    for name in sys.argv[3:] or measures:
        with tempfile.TemporaryDirectory() as scratch:
            measures[name](tool, corpus, scratch)


if __name__ == '__main__':
    main()
