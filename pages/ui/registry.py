"""The topics, in the order of the menu. The router, the home page and the contract tests walk them."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

PAGES_DIR = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Topic:
    """One page.

    Attributes:
        name: of its module, its address and its keys.
        title: in the menu and at the top of the page.
        section: of the menu and of the home page.
        lead: two sentences that open the page.
        invitation: the sentence on the home page.

    """

    name: str
    title: str
    section: str
    lead: str
    invitation: str

    @property
    def url_path(self) -> str:
        """The page's address on the server."""
        return self.name

    def page(self) -> st.Page:
        """Return the page as Streamlit's menu and links know it."""
        return st.Page(PAGES_DIR / f"{self.name}.py", title=self.title, url_path=self.url_path)


TOPICS = (
    Topic(
        name="gates",
        title="Watch the gates",
        section="Trained networks",
        lead=(
            "Three recurrent networks, trained on 25,000 film reviews, read your words one by one. "
            "Type a review, and see what each of them lets in, keeps and forgets."
        ),
        invitation="Type a film review and watch the gates of an LSTM and a GRU open and close, word by word.",
    ),
    Topic(
        name="race",
        title="The race",
        section="Trained networks",
        lead=(
            "An RNN, an LSTM and a GRU learn to tell good reviews from bad, here and now, while you watch. "
            "Choose what they read and how they learn, press Train, and read your own words with the network you made."
        ),
        invitation="Train an RNN, an LSTM and a GRU against each other, and see which of them a far word is lost on.",
    ),
    Topic(
        name="text_pipeline",
        title="From words to numbers",
        section="Words",
        lead=(
            "A network reads numbers. Switch the steps that turn a text into tokens and the tokens into indices, "
            "and see what each of them takes away."
        ),
        invitation="Clean a text step by step, and watch the stop words turn “not good” into “good”.",
    ),
    Topic(
        name="unfolded_rnn",
        title="Unfold the loop",
        section="The mathematics",
        lead=(
            "A recurrent network is one small network, used again at every step. "
            "Unfold it over your own sequence, run it forward, and watch the gradient come back through time."
        ),
        invitation="Unfold a network over five steps, press play, and see how little gradient reaches the first.",
    ),
    Topic(
        name="activations",
        title="Curves that squeeze",
        section="The mathematics",
        lead=(
            "A unit adds up what comes in and squeezes the sum, called a, through a curve: its activation function. "
            "Drag the point: the slope says how much of a small change gets through, and so how much can be learned."
        ),
        invitation="Drag a point along sigmoid or tanh, and see where nothing gets through any more.",
    ),
    Topic(
        name="gradient_flow",
        title="Gradients that vanish or explode",
        section="The mathematics",
        lead=(
            "A network learns from an early word only if a small change there still makes a difference at the end. "
            "Drag the slider: it scales the recurrent weights, and the difference vanishes, holds or explodes."
        ),
        invitation="Turn up the recurrent weights: see gradients vanish and explode in an RNN, an LSTM and a GRU.",
    ),
    Topic(
        name="parameters",
        title="Count the parameters",
        section="The mathematics",
        lead=(
            "A network is a few tables of numbers, and training sets every one of them. "
            "Choose its sizes and see how many there are, what they cost, and how large a network a budget buys."
        ),
        invitation="See the weights of an RNN, a GRU and an LSTM drawn to scale, and spend a million parameters.",
    ),
    Topic(
        name="markov_chain",
        title="Chains without a memory",
        section="Hidden states",
        lead=(
            "A Markov chain goes from state to state; where it goes next depends only on where it is now. "
            "Change a probability, run the chain, and see what its start has to do with its long run."
        ),
        invitation="Run a chain: weather that settles, a game that must end, a machine that babbles Jane Austen.",
    ),
    Topic(
        name="hidden_markov",
        title="What hides behind it",
        section="Hidden states",
        lead=(
            "You see what happens, and guess at what makes it happen. "
            "Step through the trellis of a hidden Markov model, and change any number of it."
        ),
        invitation="Hear a cat and guess where it is: the best path and the most probable rooms do not agree.",
    ),
    Topic(
        name="tagging",
        title="Noun or verb?",
        section="Hidden states",
        lead=(
            "Many words can be a noun or a verb; their neighbours decide. Type a sentence, and a hidden Markov model "
            "finds what each word is, and nearly was. Click a word to change it."
        ),
        invitation="Type a sentence, even with invented words, and see every word find its part of speech.",
    ),
)


def topic(name: str) -> Topic:
    """Return the topic of that name."""
    return next(topic for topic in TOPICS if topic.name == name)
