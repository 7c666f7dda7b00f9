"""Speed, memory and match quality. Never part of the tests; run with `make bench`."""
