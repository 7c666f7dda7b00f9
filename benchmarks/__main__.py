"""All benchmarks, one after the other: `make bench`."""

from __future__ import annotations

from benchmarks import match_quality, night

match_quality.main()
night.main()
