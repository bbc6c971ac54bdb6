"""What every token adds to the score `readout · h_T + bias`: T numbers whose sum, with the bias, is the score.

Each follows from how its network builds h_T, so nothing is left over and nothing is approximated.

- GRU: its interpolation unrolled, `h_T = Σ_t (Π_{s>t} z_s) ⊙ (1-z_t) ⊙ h̃_t`.
- LSTM: the cell unrolled, `C_T = Σ_t (Π_{s>t} f_s) ⊙ i_t ⊙ C̃_t`, and `o_T ⊙ tanh` of its partial sums
  telescoped (Murdoch & Szlam 2017, equations 9 to 12, their γ).
- RNN: nothing is kept apart there, so the share is how far the token moves the running score.

Left out: what a token does through the gates of later tokens; it counts for those tokens. The gradient
shows it. All start states are zero, and the GRU is PyTorch's (z keeps the old state).
"""

import numpy as np

from rnn_core.cells import GruTrace, LstmTrace, RnnTrace


def shares(trace: RnnTrace | LstmTrace | GruTrace, readout: np.ndarray) -> np.ndarray:
    """Return the share of every token in `readout · h_T`, (T,), for a trace of T steps that began at zero."""
    if isinstance(trace, GruTrace):
        z = trace.update_gate
        return (kept_until_the_end(z) * (1 - z) * trace.candidate) @ readout
    if isinstance(trace, LstmTrace):
        partial_sums = kept_until_the_end(trace.forget_gate) * trace.cell[1:]
        squashed = np.tanh(np.concatenate((trace.cell[:1], partial_sums)))
        return (trace.output_gate[-1:] * np.diff(squashed, axis=0)) @ readout
    return np.diff(trace.hidden @ readout)


def kept_until_the_end(gate: np.ndarray) -> np.ndarray:
    """Π_{s>t} of a gate (T, m), for every t: what is left at the end of what a unit held after step t."""
    kept = np.ones_like(gate)
    kept[:-1] = np.cumprod(gate[:0:-1], axis=0)[::-1]
    return kept
