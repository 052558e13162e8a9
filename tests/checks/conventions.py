#!/usr/bin/env python3
"""Checks what the compiler and the formatter cannot: names of files, header guards, leftovers in text."""

import os
import re

import source_files

TOP_LEVEL = {
    ".ci", ".clang-format", ".clang-tidy", ".gitignore", "CMakeLists.txt", "CMakePresets.json",
    "LICENSE", "Makefile", "README.md", "bench", "codegen", "cost_models", "docs", "engine",
    "examples", "importers", "ir", "python", "rules", "tests", "tools",
}

# Names that say nothing about what is inside, alone or as a file's last word.
EMPTY_NAME = re.compile(r"(^|_)(utils?|helpers?|misc|common|manager|impl|stuff)$")
SNAKE_CASE = re.compile(r"^[a-z0-9_]+$")

# Marks of unfinished work. Spelled in pieces so that this file passes its own check.
LEFTOVER = re.compile(r"\b(" + "|".join(["TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK"]) + r")\b")
TEXT = (".h", ".cc", ".def", ".py", ".sh", ".txt", ".md", ".eqr", ".proto", ".cmake", "Makefile")


def name_problems(path):
    top = path.split("/")[0]
    if top not in TOP_LEVEL:
        yield f"{path}: {top} is not one of the tree's top-level names"
    if not path.endswith((".h", ".cc", ".py", ".sh", ".eqr")):
        return
    for part in path.split("/"):
        stem = part.split(".")[0]
        if EMPTY_NAME.search(stem):
            yield f"{path}: name the file for what is inside, not {stem!r}"
    stem = os.path.basename(path).split(".")[0]
    if path.endswith((".h", ".cc")) and not SNAKE_CASE.match(stem):
        yield f"{path}: C++ files are named in snake_case"


def header_problems(path, lines):
    if not path.endswith(".h"):
        return
    if not lines[0].startswith("// "):
        yield f"{path}:1: a header opens with a comment that says what it is for"
    guard = "EQSAT_" + re.sub(r"[^A-Za-z0-9]", "_", path).upper() + "_"
    if f"#ifndef {guard}" not in lines or f"#define {guard}" not in lines:
        yield f"{path}: the header guard is not {guard}"


def text_problems(path, lines):
    for number, line in enumerate(lines, start=1):
        if LEFTOVER.search(line):
            yield f"{path}:{number}: a mark of unfinished work"
        if path.endswith((".h", ".cc")) and line != line.rstrip():
            yield f"{path}:{number}: trailing space"


def main():
    problems = []
    paths = source_files.files()
    for path in paths:
        problems += name_problems(path)
        if path.endswith(TEXT):
            lines = source_files.lines(path)
            problems += header_problems(path, lines)
            problems += text_problems(path, lines)
    source_files.report(problems, f"{len(paths)} files follow the conventions")


if __name__ == "__main__":
    main()
