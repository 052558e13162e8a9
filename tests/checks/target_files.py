#!/usr/bin/env python3
"""Checks every shipped machine description: its keys, its numbers, and its peaks.

A stated total must agree within 5 % with units x clock x per-cycle rate, so that no figure is
mistyped or taken from another part unnoticed.
"""

import json
import os

import source_files

TOLERANCE = 0.05
FAMILIES = {"cpu", "amdgpu", "nvptx"}
KINDS = {"peak", "achievable", "measured"}
CONFIDENCES = {"high", "medium", "low"}
ENGINES = {"vector": "clock_hz", "matrix": "matrix_clock_hz"}
STRINGS = {"name", "family", "isa", "description"}
NUMBERS = {"compute_units": "", "clock_hz": "Hz", "transcendental_per_unit_per_cycle": "op/cycle/unit",
           "wave_size": "", "max_workgroup_size": "thread", "registers_per_thread": "register",
           "launch_seconds": "s"}
OPTIONAL_NUMBERS = {"matrix_clock_hz": "Hz"}
GROUPS = {"vector_flops_per_unit_per_cycle", "matrix_flops_per_unit_per_cycle", "memory", "features",
          "quirks", "totals"}


class Checker:
    """Collects what is wrong with one file."""

    def __init__(self, path):
        self.path = path
        self.problems = []

    def expect(self, holds, message):
        if not holds:
            self.problems.append(f"{self.path}: {message}")
        return holds

    def number(self, place, entry, unit):
        """Checks one {value, unit, kind, source, confidence}; any unit if `unit` is empty."""
        keys = {"value", "unit", "kind", "source", "confidence"}
        if not self.expect(isinstance(entry, dict) and set(entry) == keys,
                           f"{place} needs exactly the keys {', '.join(sorted(keys))}"):
            return
        self.expect(isinstance(entry["value"], (int, float)) and entry["value"] > 0,
                    f"{place} is {entry['value']}, not a positive number")
        self.expect(not unit or entry["unit"] == unit,
                    f"{place} has unit {entry['unit']}, not {unit}")
        self.expect(entry["kind"] in KINDS, f"{place} has the unknown kind {entry['kind']}")
        self.expect(entry["confidence"] in CONFIDENCES,
                    f"{place} has the unknown confidence {entry['confidence']}")
        self.expect(entry["source"], f"{place} names no source")

    def check_keys(self, target):
        needed = STRINGS | set(NUMBERS) | GROUPS
        for key in sorted(needed - set(target)):
            self.expect(False, f"{key} is missing")
        for key in sorted(set(target) - needed - set(OPTIONAL_NUMBERS)):
            self.expect(False, f"{key} is no key of a target")
        return needed <= set(target)

    def check_numbers(self, target):
        for key, unit in (NUMBERS | OPTIONAL_NUMBERS).items():
            if key in target:
                self.number(key, target[key], unit)
        for engine in ENGINES:
            rates = target[f"{engine}_flops_per_unit_per_cycle"]
            for element, entry in rates.items():
                self.number(f"{engine} rate of {element}", entry, "flop/cycle/unit")
            for element, entry in target["totals"][engine].items():
                self.number(f"{engine} total of {element}", entry, "flop/s")

    def check_memory(self, target):
        names = [level["level"] for level in target["memory"]]
        self.expect(names[:1] == ["dram"], "the first memory level is dram")
        self.expect(len(set(names)) == len(names), "a memory level is given twice")
        for level in target["memory"]:
            self.expect(level["scope"] in {"device", "unit"},
                        f"{level['level']} has the unknown scope {level['scope']}")
            self.number(f"size of {level['level']}", level["size_bytes"], "byte")
            self.number(f"bandwidth of {level['level']}", level["bandwidth_bytes_per_second"],
                        "byte/s")

    def check_totals(self, target):
        for engine, clock_key in ENGINES.items():
            clock = target.get(clock_key, target["clock_hz"])["value"]
            rates = target[f"{engine}_flops_per_unit_per_cycle"]
            for element, entry in target["totals"][engine].items():
                if not self.expect(element in rates, f"{engine} total of {element} has no rate"):
                    continue
                derived = target["compute_units"]["value"] * clock * rates[element]["value"]
                self.expect(abs(derived / entry["value"] - 1) <= TOLERANCE,
                            f"{engine} {element}: {derived:.4g} flop/s from the rates, but "
                            f"{entry['value']:.4g} is stated")


def check(path):
    checker = Checker(path)
    with open(os.path.join(source_files.ROOT, path), encoding="utf-8") as file:
        target = json.load(file)
    if not checker.check_keys(target):
        return checker.problems
    checker.expect(target["family"] in FAMILIES, f"unknown family {target['family']}")
    checker.expect(target["name"].startswith(target["family"] + ":"),
                   f"the name {target['name']} does not start with its family")
    stem = os.path.basename(path).removesuffix(".json")
    checker.expect(stem in {target["name"].replace(":", "-"), target["name"].split(":")[1]},
                   f"the file is not named for {target['name']}")
    checker.check_numbers(target)
    checker.check_memory(target)
    checker.check_totals(target)
    return checker.problems


def main():
    paths = [path for path in source_files.files(".json")
             if path.startswith("cost_models/targets/")]
    problems = [problem for path in paths for problem in check(path)]
    if not paths:
        problems = ["cost_models/targets holds no target"]
    source_files.report(problems, f"{len(paths)} targets are complete and agree with their totals")


if __name__ == "__main__":
    main()
