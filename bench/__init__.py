"""What Unfold takes: seconds, bytes, memory. `make bench` runs it; README.md says what is measured."""
