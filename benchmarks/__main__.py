"""All benchmarks, one after the other: `make bench`."""

from __future__ import annotations

from benchmarks import match_quality, night, planted_duplicates

match_quality.main()
planted_duplicates.main()
night.main()
