"""Hidden Markov models: the same parameters and observations through Unfold and through hmmlearn, turn about.

hmmlearn computes in C++, by default in logarithms ("log"), or faster in scaled probabilities ("scaling"; its Viterbi
is the same in both). Ratios are to the faster of the two. Everything runs in a process of its own, on one thread;
what counts is processor time, which other programs on the machine disturb less than the clock on the wall.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from bench.table import Measurement
from tools.server import PROJECT_DIR

SIZES = {"1,000 sequences of 100 steps, N = 8": (1000, 100, 8), "one sequence of 100,000 steps, N = 4": (1, 100_000, 4)}
SYMBOLS = 10


def tasks(sequences: int, steps: int, states: int) -> dict[str, dict[str, Callable[[], object]]]:
    """What is compared, by name: a call of ours, and hmmlearn's public ones."""
    from hmmlearn.hmm import CategoricalHMM

    from rnn_core.baum_welch import expectations, maximised
    from rnn_core.emissions import Categorical
    from rnn_core.forward_backward import forward_backward
    from rnn_core.hidden_markov_model import HiddenMarkovModel
    from rnn_core.viterbi import viterbi

    random = np.random.default_rng(0)
    start, transitions, probabilities = (
        random.dirichlet(np.ones(size), shape) for size, shape in ((states, ()), (states, states), (SYMBOLS, states))
    )
    symbols = random.integers(SYMBOLS, size=sequences * steps)
    column, lengths = symbols[:, None], np.full(sequences, steps)
    model = HiddenMarkovModel(start, transitions, Categorical(probabilities))

    def theirs(implementation: str) -> CategoricalHMM:
        there = CategoricalHMM(states, implementation=implementation, n_iter=1, init_params="")
        there.startprob_, there.transmat_, there.emissionprob_ = start, transitions, probabilities
        there.n_features = SYMBOLS
        return there

    def observed() -> np.ndarray:
        return model.emissions.log_likelihoods(symbols)

    def of_each_symbol() -> np.ndarray:
        return model.emissions.log_likelihoods(np.arange(SYMBOLS))

    def one_round() -> HiddenMarkovModel:
        return maximised(model, expectations(model, symbols, lengths), symbols, lengths, 0.0)

    return {
        "forward–backward": {
            "Unfold": lambda: forward_backward(start, transitions, observed(), lengths).posteriors,
            "scaling": lambda: theirs("scaling").score_samples(column, lengths),
            "log": lambda: theirs("log").score_samples(column, lengths),
        },
        "Viterbi": {
            "Unfold": lambda: viterbi(start, transitions, of_each_symbol(), lengths, symbols).path,
            "log": lambda: theirs("log").decode(column, lengths),
        },
        "one Baum–Welch round": {
            "Unfold": one_round,
            "scaling": lambda: theirs("scaling").fit(column, lengths),
            "log": lambda: theirs("log").fit(column, lengths),
        },
    }


def milliseconds(call: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    call()
    return 1000 * (time.process_time() - start)


def measured(runs: int) -> Iterator[tuple[str, str, dict[str, list[float]]]]:
    """Task, size, and the milliseconds of every implementation, one after the other in every run."""
    for size, shape in SIZES.items():
        for task, calls in tasks(*shape).items():
            for call in calls.values():
                call()
            times = [{name: milliseconds(call) for name, call in calls.items()} for _ in range(runs)]
            yield task, size, {name: [run[name] for run in times] for name in calls}


def comparisons(runs: int) -> Iterator[Measurement]:
    """Milliseconds of both, and how many times as fast Unfold is; on many sequences, at least as fast is the goal."""
    alone = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "bench.hidden_markov", str(runs)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT_DIR, env=alone, check=True)
    for task, size, times in json.loads(done.stdout):
        ours = times.pop("Unfold")
        yield Measurement(f"{task}, {size}: Unfold", "ms", ours)
        for name, theirs in times.items():
            yield Measurement(f"… hmmlearn 0.3.3, {name}", "ms", theirs)
        faster = min(times.values(), key=lambda values: float(np.median(values)))
        target = 1 if SIZES[size][0] > 1 else None
        ratios = [theirs / mine for theirs, mine in zip(faster, ours, strict=True)]
        yield Measurement("… times as fast as hmmlearn’s faster one", "×", ratios, target, more_is_better=True)


if __name__ == "__main__":
    print(json.dumps(list(measured(int(sys.argv[1])))))
