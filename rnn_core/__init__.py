"""The numerics of Unfold: what is computed, without a word about how it is shown."""
