"""All benchmarks, one after the other: `make bench`."""

from __future__ import annotations

from benchmarks import match_quality, million, night, planted_duplicates

match_quality.main()
planted_duplicates.main()
night.main()
# A small size of the large export; the full one takes minutes and many GB: `python -m benchmarks.million`.
million.main(["--agencies", "2000", "--services", "10000"])
