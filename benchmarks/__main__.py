"""All benchmarks, one after the other: `make bench`."""

from __future__ import annotations

from benchmarks import audits, match_quality, million, night, planted_duplicates

match_quality.main()
planted_duplicates.main()
night.main()
# Enough audits to see a gross fault; the figures in docs/audits.md come from 2,000.
audits.main(["--audits", "100"])
# A small size of the large export; the full one takes minutes and many GB: `python -m benchmarks.million`.
million.main(["--agencies", "2000", "--services", "10000"])
