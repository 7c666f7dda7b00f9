"""Write the sample data again: `make sample`, or `python sample_data/generate.py [FOLDER]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.synthesize.sample import write_sample

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description="Write the invented directories of the sample, with the truth beside them."
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent, help="where to (default: here)")
    write_sample(parser.parse_args().folder)
