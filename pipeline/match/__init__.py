"""Match: agencies that stand in the directory twice: blocked, scored, explained, grouped."""
