#!/usr/bin/env python3
"""Checks that every #include goes down the layers of the tree.

A layer is a folder. MAY_INCLUDE is the whole table: each layer names the layers that its files may
include besides their own. A file belongs to the longest layer that its path starts with.
"""

import os
import re

import source_files

EVERYTHING = ["ir", "engine", "rules", "cost_models", "codegen", "importers", "tools"]

MAY_INCLUDE = {
    "ir/base": [],
    "ir/shape": ["ir/base"],
    "ir/ops.def": [],
    "ir/ops": ["ir/base", "ir/shape", "ir/ops.def"],
    "ir/graph": ["ir/base", "ir/shape", "ir/ops"],
    "ir/verify": ["ir/base", "ir/shape", "ir/ops", "ir/graph"],
    "ir/interpret": ["ir/base", "ir/shape", "ir/ops", "ir/graph"],
    "engine": ["ir/base"],
    "rules": ["engine", "ir"],
    "cost_models": ["ir"],
    "importers": ["ir"],
    "codegen": ["ir", "cost_models"],
    "tools": EVERYTHING,
    "python": EVERYTHING,
    "bench": EVERYTHING,
    "tests": EVERYTHING,
}

# Third-party headers that only some layers may include.
ONLY_IN = {
    "llvm": ["codegen/llvm", "codegen/targets", "tests/codegen"],
    "llvm-c": ["codegen/llvm", "codegen/targets"],
    "lld": ["codegen/llvm", "codegen/targets"],
    "clang": ["codegen/llvm", "codegen/targets"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def is_within(path, folder):
    return path == folder or path.startswith(folder + "/")


def layer_of(path):
    return max((layer for layer in MAY_INCLUDE if is_within(path, layer)), key=len, default=None)


def exists(included):
    """True for a file of the tree, or a protobuf header generated from one."""
    source = re.sub(r"\.pb\.h$", ".proto", included)
    return os.path.exists(os.path.join(source_files.ROOT, source))


def problem_with(path, included):
    """What is wrong with `path` including `included`, or None."""
    first = included.split("/")[0]
    if first in ONLY_IN:
        if not any(is_within(path, folder) for folder in ONLY_IN[first]):
            return f"{first} headers may be included only in {' and '.join(ONLY_IN[first])}"
        return None
    target = layer_of(included)
    if target is None:
        return None
    layer = layer_of(path)
    if layer is None:
        return f"folder {os.path.dirname(path) or '.'} is in no layer"
    if not exists(included):
        return f"no file {included} below the root"
    if target == layer or any(is_within(target, allowed) for allowed in MAY_INCLUDE[layer]):
        return None
    allowed = ", ".join(MAY_INCLUDE[layer]) or "nothing else of the tree"
    return f"{layer} may not include {target} (it may include {allowed})"


def main():
    problems = []
    checked = 0
    for path in source_files.files(".h", ".cc", ".def"):
        for number, line in enumerate(source_files.lines(path), start=1):
            match = INCLUDE.match(line)
            if not match:
                continue
            checked += 1
            problem = problem_with(path, match[1] or match[2])
            if problem:
                problems.append(f"{path}:{number}: {problem}")
            elif match[1] and layer_of(match[1]) is None and match[1].count("/") == 0:
                problems.append(f"{path}:{number}: include {match[1]} by its path from the root")
    source_files.report(problems, f"{checked} includes go down the layers")


if __name__ == "__main__":
    main()
