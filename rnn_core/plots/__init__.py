"""Pure builders: a trace goes in, a Plotly figure comes out."""
