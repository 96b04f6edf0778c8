"""The words that a training sees, in a small table of their own."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.learn.network import TextNetwork, Tokens
from core.token_batches import Rows


@dataclass(frozen=True)
class SmallVocabulary:
    """A network's word table cut down to the ids in use, and put back by `swap_out`.

    The table holds half of a small network's numbers, of which a training touches a few thousand
    rows. Without the others its gradient, Adam's moments and the checkpoints are a fraction of
    their size, and words that no text holds stay exactly as they were. `used` are the old ids.
    """

    network: TextNetwork
    table: Any
    used: Rows

    @classmethod
    def swap_in(cls, network: TextNetwork, tokens: Tokens) -> "SmallVocabulary":
        """Give the network a table of the ids in `tokens`; ids up to the padding's stay the same,
        because some models count positions from it.
        """
        import torch

        model = network.model[0].auto_model
        table = model.get_input_embeddings()
        padding = network.model.tokenizer.pad_token_id or 0
        seen = [np.asarray(ids, dtype=np.int64) for ids in tokens.ids]
        used = np.unique(np.concatenate([np.arange(padding + 1), *seen]))
        rows = table.weight.detach()[torch.from_numpy(used).to(table.weight.device)]
        small = torch.nn.Embedding.from_pretrained(  # type: ignore[no-untyped-call]
            rows.clone(), freeze=False, padding_idx=table.padding_idx
        )
        model.set_input_embeddings(small)
        return cls(network, table, used)

    def renumber(self, tokens: Tokens) -> Tokens:
        """Return the tokens by their rows in the small table."""
        return replace(tokens, ids=[np.searchsorted(self.used, ids).tolist() for ids in tokens.ids])

    def swap_out(self) -> None:
        """Write what was learnt into the whole table and put that back."""
        import torch

        model = self.network.model[0].auto_model
        learnt = model.get_input_embeddings().weight.detach()
        with torch.no_grad():
            self.table.weight[torch.from_numpy(self.used).to(learnt.device)] = learnt
        model.set_input_embeddings(self.table)
