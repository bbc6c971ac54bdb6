"""One topic a module: its controls and its words."""
