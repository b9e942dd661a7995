"""What the whole gateway costs, as ratios to a peer measured in the same run. `make bench`; no test is gated on it."""
