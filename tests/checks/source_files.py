"""The repository's files, for the checks beside this one. Needs no git: a source archive is enough."""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What a build or a tool leaves in the tree, and git ignores.
IGNORED_FOLDERS = {".git", ".cache", "build", "__pycache__", ".vscode", ".idea"}


def files(*endings):
    """Every file whose name ends in one of `endings` (all if none), relative to the root, sorted."""
    found = []
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [name for name in subfolders if name not in IGNORED_FOLDERS]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names
                  if not endings or name.endswith(endings)]
    return sorted(found)


def lines(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read().split("\n")


def report(problems, what_holds):
    """Ends the check: prints each problem and exits 1, or says what holds and exits 0."""
    for problem in problems:
        print(problem)
    if problems:
        sys.exit(f"{len(problems)} problem(s)")
    print(what_holds)
    sys.exit(0)
