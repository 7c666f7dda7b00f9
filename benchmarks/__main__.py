"""All benchmarks, one after the other: `make bench`."""

from __future__ import annotations

from benchmarks import audits, forecast, freshness, match_quality, million, night, planted_duplicates, queue

# The guard is for the workers of the forecast, which read this file once more.
if __name__ == "__main__":
    match_quality.main()
    planted_duplicates.main()
    night.main()
    # Enough audits to see a gross fault; the figures in docs/audits.md come from 2,000.
    audits.main(["--audits", "100"])
    # The same for forecasts (docs/forecast.md: 120 replications) and the queue (docs/queue.md: two years, larger centers).
    forecast.main(["--replications", "2"])
    queue.main(["--weeks", "26", "--largest", "1000", "--agencies", "20000"])
    freshness.main(["--agencies", "20000"])
    # A small size of the large export; the full one takes minutes and many GB: `python -m benchmarks.million`.
    million.main(["--agencies", "2000", "--services", "10000"])
