"""The pictures of the home page, one a topic, each computed now."""

import streamlit as st

from pages.ui.changes import show_steps
from pages.ui.live_figure import live_figure
from rnn_core.activations import Spec as ActivationSpec
from rnn_core.activations import trace_activations
from rnn_core.checkpoints import shipped_models
from rnn_core.gradient_flow import Spec as GradientSpec
from rnn_core.gradient_flow import Trace as GradientTrace
from rnn_core.gradient_flow import trace_gradient_flow
from rnn_core.hidden_markov import trace_hidden_markov
from rnn_core.hidden_markov.examples import FIRST as FIRST_TRELLIS
from rnn_core.markov_chain import trace_markov_chain
from rnn_core.markov_chain.examples import FIRST as FIRST_CHAIN
from rnn_core.parameters import Spec as ParametersSpec
from rnn_core.parameters import headline, trace_parameters
from rnn_core.plots.activations import figure_preview as figure_activations
from rnn_core.plots.gates import figure_preview
from rnn_core.plots.gradient_flow import figure_preview as figure_gradients
from rnn_core.plots.hidden_markov import figure_preview as figure_trellis
from rnn_core.plots.markov_chain import figure_preview as figure_chain
from rnn_core.plots.parameters import figure_preview as figure_matrices
from rnn_core.plots.race import figure_preview as figure_race
from rnn_core.plots.tagging import figure_preview as figure_tags
from rnn_core.plots.unfolded_rnn import figure_preview as figure_unfolded
from rnn_core.race.curves import trace_curves
from rnn_core.race.sentences import headline as race_headline
from rnn_core.reading import Reading, Spec, trace_reading
from rnn_core.run_files import shipped_runs
from rnn_core.tagging import Spec as TaggingSpec
from rnn_core.tagging import load_tagger, trace_tagging
from rnn_core.tagging.examples import DUCK
from rnn_core.text_pipeline import Spec as PipelineSpec
from rnn_core.text_pipeline import trace_text_pipeline
from rnn_core.unfolded_rnn import trace_unfolded_rnn
from rnn_core.unfolded_rnn.examples import FIRST

SENTENCE = "A slow and clumsy start, but what a wonderful ending!"


@st.cache_resource(max_entries=1, show_spinner=False)
def read_sentence() -> Reading:
    """Run the three networks over the sentence of this page."""
    return trace_reading(shipped_models(), Spec(SENTENCE))


def preview_gates() -> None:
    """The running verdict of three networks on one sentence."""
    reading = read_sentence()
    live_figure(
        figure_preview(reading),
        key="home.gates",
        description=f"How sure three networks are that “{SENTENCE}” is positive, word by word",
    )


def preview_race() -> None:
    """How the accuracy of the shipped networks grew with the seconds."""
    runs = tuple(shipped_runs().values())
    words = f"The accuracy of three networks while they learn. {race_headline(runs)}"
    live_figure(figure_race(trace_curves(runs, "accuracy", "seconds")), key="home.race", description=words)


def preview_text_pipeline() -> None:
    """What is left of one sentence after every step that changed it."""
    show_steps(trace_text_pipeline("It's NOT a good film!!", PipelineSpec()), changed_only=True)


def preview_unfolded_rnn() -> None:
    """The unfolded graph after the gradient has come back."""
    live_figure(
        figure_unfolded(trace_unfolded_rnn(FIRST)),
        key="home.unfolded_rnn",
        description="A network unfolded over five steps, and a gradient that shrinks on its way back to the first",
    )


def preview_activations() -> None:
    """The sigmoid with a tangent, and below it the slope, with the zones where it is small."""
    live_figure(
        figure_activations(trace_activations(ActivationSpec())),
        key="home.activations",
        description="A point on the sigmoid with its tangent, and the sigmoid's slope, nowhere above a quarter",
    )


def preview_parameters() -> None:
    """The weight matrices of the three networks, to scale."""
    trace = trace_parameters(ParametersSpec())
    live_figure(
        figure_matrices(trace),
        key="home.parameters",
        description=f"The weight matrices of three networks, drawn to scale. {headline(trace, 'textbook')}",
    )


@st.cache_resource(max_entries=1, show_spinner=False)
def run_four_cells() -> GradientTrace:
    """Run the toy of this page at every radius."""
    return trace_gradient_flow(GradientSpec(units=8, steps=30))


def preview_gradient_flow() -> None:
    """What is left of a change of the state in four cells, at one radius."""
    live_figure(
        figure_gradients(run_four_cells()),
        key="home.gradient_flow",
        description="How much of a small change of the state is left steps later, in two RNNs, an LSTM and a GRU",
    )


def preview_markov_chain() -> None:
    """The graph of a chain of three kinds of weather."""
    live_figure(
        figure_chain(trace_markov_chain(FIRST_CHAIN)),
        key="home.markov_chain",
        description="Rain, nice weather and snow as circles, with an arrow for each change as thick as it is probable",
    )


def preview_hidden_markov() -> None:
    """The best path through the trellis of a cat that is heard and not seen."""
    live_figure(
        figure_trellis(trace_hidden_markov(FIRST_TRELLIS)),
        key="home.hidden_markov",
        description="Where a cat is, guessed from five sounds: the best path, the runner-up, the most probable rooms",
    )


def preview_tagging() -> None:
    """The tags of one sentence, and the path that nearly won."""
    live_figure(
        figure_tags(trace_tagging(load_tagger(), TaggingSpec(DUCK))),
        key="home.tagging",
        description=f"Two paths through the parts of speech of “{DUCK}”: in one “duck” is a noun, in the other a verb",
    )
