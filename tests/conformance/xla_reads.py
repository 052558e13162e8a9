#!/usr/bin/env python3
"""Does XLA read what this project writes?

  xla_reads.py TOOL GRAPH...

Writes each graph as a proto and as HLO text, lets the XLA of the jaxlib that this Python imports
read both, and TOOL read back what XLA prints of them. Prints a line for each form that XLA refuses or
that comes back changed, then `jaxlib VERSION: R of N`.
"""
import os
import re
import subprocess
import sys
import tempfile

import jaxlib
from jaxlib import xla_client

hlo = getattr(xla_client, 'hlo', None) or xla_client._xla  # the latter before 0.6


def message_of(module):
    """The HloModuleProto within the bytes of an HloProto that holds nothing else."""
    size, shift, at = 0, 0, 1
    while True:
        size |= (module[at] & 127) << shift
        shift += 7
        at += 1
        if module[at - 1] < 128:
            break
    assert module[0] == 0x0a and at + size == len(module)
    return module[at:]


def convert(tool, source, target):
    subprocess.run([tool, 'convert', source, '-o', target], check=True, capture_output=True)
    with open(target, 'rb') as file:
        return file.read()


def without_names(text):
    """The instructions, sorted, without metadata, which XLA does not print of a proto: it names,
    numbers and orders instructions anew."""
    text = re.sub(r', metadata=\{(?:"(?:[^"\\]|\\.)*"|[^"}])*\}', '', text)
    return sorted(re.sub(r'%[\w.-]+', '%', line).strip() for line in text.splitlines()
                  if ' = ' in line and not line.startswith('HloModule'))


def faults(tool, graph, folder):
    """Yields the form and the fault of each that XLA does not take as it is meant."""
    own = convert(tool, graph, os.path.join(folder, 'own.hlo')).decode()
    proto = convert(tool, graph, os.path.join(folder, 'own.pb'))
    readers = {
        'proto': lambda: xla_client.XlaComputation(message_of(proto)).as_hlo_text(
            print_large_constants=True),
        'text': lambda: hlo.hlo_module_from_text(own).to_string(),
    }
    for form, read in readers.items():
        try:
            printed = read()
        except Exception as error:  # whatever XLA throws
            yield form, str(error).splitlines()[0]
            continue
        path = os.path.join(folder, 'xla.hlo')
        with open(path, 'w') as file:
            file.write(printed)
        try:
            again = convert(tool, path, os.path.join(folder, 'again.hlo')).decode()
        except subprocess.CalledProcessError as error:
            yield form, error.stderr.decode().splitlines()[0]
            continue
        before, after = without_names(own), without_names(again)
        for a, b in zip(before, after):
            if a != b:
                yield form, f'{a}  became  {b}'
                break
        else:
            if len(before) != len(after):
                yield form, f'{len(before)} instructions became {len(after)}'


def main():
    tool, *graphs = sys.argv[1:]
    total = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for graph in graphs:
            total += 2
            for form, fault in faults(tool, graph, folder):
                wrong += 1
                print(f'{graph}, {form}: {fault}')
    print(f'jaxlib {jaxlib.__version__}: {total - wrong} of {total}')
    return wrong != 0


if __name__ == '__main__':
    sys.exit(main())
