"""What stands in every workbook about staffing."""

from __future__ import annotations

import polars as pl

from pipeline.measure.staffing import CAVEATS
from pipeline.publish.table_file import Sheet


def caveat_sheet() -> Sheet:
    """Return a sheet with what must be known before a figure is used; a workbook travels further than the page it came from."""
    return Sheet(
        title="Before you use it",
        rows=pl.DataFrame({"caveat": CAVEATS}),
        columns={"caveat": ("Before you use a figure", 110)},
    )
