"""One sentiment classifier in torch: embedding, RNN, LSTM or GRU, one output from the last hidden state.

    e_t = embedding[token_t]        h_t = recurrent(e_t, h_{t-1}), h_0 = 0        score = readout · h_T + bias

The probability that a text is positive is σ(score). Source: the experiment of the Report (section 4.3);
cells as in `torch.nn.RNN`, `LSTM` and `GRU`. The names of the parameters are those of `checkpoints`, so
trained weights go over to numpy as they are. Left out: attention, pooling over time, a start state that is learnt.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence

from rnn_core.checkpoints import Checkpoint
from rnn_core.errors import InputError
from rnn_core.vocabulary import PADDING

State = tuple[Tensor, ...]
"""h, or h and C: what a recurrent layer hands on."""

CELLS: dict[str, type[nn.RNN] | type[nn.LSTM] | type[nn.GRU]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class SentimentClassifier(nn.Module):
    """The network of every recipe; weights start as PyTorch starts them (see `start_weights` for the other way).

    `dropout` acts on the state that is read out (and between layers), `embedding_dropout` on the vectors
    of the words; both only while training. Raises `InputError` for an unknown architecture.
    """

    def __init__(
        self,
        architecture: str,
        vocabulary_size: int,
        embedding_size: int = 100,
        hidden_size: int = 50,
        layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.5,
        embedding_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if architecture not in CELLS:
            raise InputError(f"the architecture must be rnn, lstm or gru, got {architecture!r}")
        self.architecture = architecture
        self.dropout = dropout
        self.embedding_dropout = embedding_dropout
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.recurrent = CELLS[architecture](
            embedding_size,
            hidden_size,
            num_layers=layers,
            bidirectional=bidirectional,
            dropout=dropout if layers > 1 else 0.0,
        )
        self.readout = nn.Linear(hidden_size * (2 if bidirectional else 1), 1)

    def forward(
        self, ids: Tensor, lengths: Tensor, fixed: Tensor | None = None, embedding_dropout: float | None = None
    ) -> Tensor:
        """Scores (B,) of token indices `ids` (B, T), padded at the right; `lengths` (B,) says what is real, ≥ 1.

        What stands in the padding has no influence: one direction reads its state at the last real token,
        two directions read a packed sequence, which has no padding. No gradient goes to the vectors of the words
        that `fixed` (V,) marks, and while training they are made stronger or weaker by chance, up to twice or half.
        `embedding_dropout` takes the place of the network's own for this batch.
        """
        return self.read(ids, lengths, fixed, embedding_dropout)[0]

    def read(
        self,
        ids: Tensor,
        lengths: Tensor,
        fixed: Tensor | None = None,
        embedding_dropout: float | None = None,
        start: State | None = None,
    ) -> tuple[Tensor, State]:
        """The scores as `forward` gives them, and the states after the batch's last step, behind the padding if any.

        It begins with `start`, or with zeros: h, or h and C in the LSTM, each (layers · directions, B, m).
        """
        embedded = self.embedding(ids.T)
        if fixed is not None:
            strength = torch.exp2(2 * torch.rand(ids.T.shape) - 1) if self.training else torch.ones(ids.T.shape)
            marked = fixed[ids.T].unsqueeze(-1)
            embedded = torch.where(marked, embedded.detach() * strength.unsqueeze(-1), embedded)
        rate = self.embedding_dropout if embedding_dropout is None else embedding_dropout
        embedded = quick_dropout(embedded, rate) if self.training else embedded
        begin = start if start is None or self.architecture == "lstm" else start[0]
        if self.recurrent.bidirectional:  # three to six times slower on a CPU
            embedded = pack_padded_sequence(embedded, lengths, enforce_sorted=False)
        states, end = self.recurrent(embedded, begin)
        end = end if self.architecture == "lstm" else (end,)
        if self.recurrent.bidirectional:
            last = torch.cat((end[0][-2], end[0][-1]), dim=1)
        else:
            last = states[lengths - 1, torch.arange(len(lengths))]
        return self.readout(functional.dropout(last, self.dropout, self.training)).squeeze(1), end

    def numpy_weights(self) -> dict[str, np.ndarray]:
        """A copy of all weights as float32 arrays, by the names that `Checkpoint` wants."""
        return {name: value.detach().cpu().numpy().astype(np.float32) for name, value in self.state_dict().items()}


def quick_dropout(values: Tensor, rate: float) -> Tensor:
    """Inverted dropout of many values: each is 0 with probability `rate`, or scaled up so that the mean stays.

    As `torch.nn.functional.dropout`, but from one byte of chance a value instead of a draw for each, which takes a
    quarter of the time; so `rate` is rounded to a 256th.
    """
    kept = round(256 * (1 - rate))
    if kept == 256:
        return values
    count = values.numel()
    chance = torch.empty(-(-count // 8), dtype=torch.int64).random_(-(2**63), None).view(torch.uint8)
    mask = (chance[:count].view(values.shape) < kept).to(values.dtype).mul_(256 / kept)
    return values * mask


def pad(texts: list[np.ndarray], length: int | None = None) -> tuple[Tensor, Tensor]:
    """Texts of different length as `ids` (B, T) and `lengths` (B,) for the classifier.

    With `length`, every text is filled up *from the left* to that many tokens and the network reads the
    padding like a word: what the Report does. An empty text becomes a single padding token.
    """
    if length is not None:
        rows = np.full((len(texts), length), PADDING, dtype=np.int64)
        for row, text in zip(rows, texts, strict=True):
            kept = text[-length:]
            row[length - len(kept) :] = kept
        return torch.from_numpy(rows), torch.full((len(texts),), length)
    lengths = np.array([max(len(text), 1) for text in texts])
    rows = np.full((len(texts), int(lengths.max())), PADDING, dtype=np.int64)
    for row, text in zip(rows, texts, strict=True):
        row[: len(text)] = text
    return torch.from_numpy(rows), torch.from_numpy(lengths)


def start_weights(
    model: SentimentClassifier, generator: torch.Generator, memory: str, memory_bias: float, input_scale: float
) -> None:
    """Give `model` the start of the recipe `fast`, drawn from `generator` alone.

    Embedding N(0, 0.1²); input weights Glorot-uniform times `input_scale`; biases zero, but in gates: `memory_bias`
    where the state is kept, the GRU's update gate and the LSTM's forget gate, and its negative in the LSTM's
    input gate, so that what is kept and what is added balance (Tallec & Ollivier 2018). Recurrent matrices are
    orthogonal ("orthogonal", Saxe et al. 2014) or the identity ("identity", Le et al. 2015).

    With the identity and small inputs a tanh network starts as a slow adder, h_T ≈ Σ U e_t: it keeps the first
    word as well as the last one, and its gradient does not vanish.
    """
    hidden = model.recurrent.hidden_size
    nn.init.normal_(model.embedding.weight, 0.0, 0.1, generator=generator)
    for name, value in model.recurrent.named_parameters():
        with torch.no_grad():
            if name.startswith("weight_ih"):
                nn.init.xavier_uniform_(value, generator=generator).mul_(input_scale)
            elif name.startswith("weight_hh"):
                for block in value.split(hidden):
                    if memory == "identity":
                        nn.init.eye_(block)
                    else:
                        nn.init.orthogonal_(block, generator=generator)
            else:
                nn.init.zeros_(value)
                if model.architecture != "rnn" and name.startswith("bias_ih"):
                    value[hidden : 2 * hidden] = memory_bias  # the second block: f of i, f, g, o and z of r, z, n
                if model.architecture == "lstm" and name.startswith("bias_ih"):
                    value[:hidden] = -memory_bias
    nn.init.xavier_uniform_(model.readout.weight, generator=generator)
    nn.init.zeros_(model.readout.bias)


def from_checkpoint(checkpoint: Checkpoint) -> SentimentClassifier:
    """The classifier of a checkpoint, ready to evaluate (no dropout)."""
    model = SentimentClassifier(
        checkpoint.architecture,
        len(checkpoint.vocabulary),
        checkpoint.embedding_size,
        checkpoint.hidden_size,
        checkpoint.layers,
        checkpoint.directions == 2,
    )
    model.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in checkpoint.weights.items()})
    return model.eval()
