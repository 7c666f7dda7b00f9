"""Write the sample data again: `make sample`, or `python sample_data/generate.py [FOLDER]`."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.synthesize.sample import write_sample

if __name__ == "__main__":
    write_sample(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
