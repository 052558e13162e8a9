#!/usr/bin/env python3
"""Proves TASO's equalities from its axioms with the engine.

    taso_equalities.py --tool=XLA_EQSAT --corpus=DIR

DIR holds taso/axioms.tsv and taso/equalities.tsv, which are not part of this project. Exits 1 if an
equality is left open.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

CONVERTER = pathlib.Path(__file__).parents[2] / "bench/saturate/taso.py"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--tool", required=True)
    arguments.add_argument("--corpus", required=True, type=pathlib.Path)
    options = arguments.parse_args()
    data = options.corpus / "taso"
    stated = sum(len(line.split("\t")) >= 2 for line in open(data / "equalities.tsv", encoding="utf-8"))
    with tempfile.NamedTemporaryFile("w", suffix=".eqr") as program:
        subprocess.run([sys.executable, CONVERTER, data / "axioms.tsv", data / "equalities.tsv"],
                       stdout=program, check=True)
        program.flush()
        run = subprocess.run([options.tool, "saturate", program.name], capture_output=True, text=True)
    found = re.search(r"(\d+) equalities proved", run.stdout)
    proved = int(found[1]) if found else 0
    print(f"{proved} of {stated} equalities proved")
    return 0 if run.returncode == 0 and proved == stated else 1


if __name__ == "__main__":
    sys.exit(main())
