"""Fetching the samples of one batch."""

from __future__ import annotations

from ..dataset import TensorDataset
from .collate import default_collate

__all__ = ["IterableFetcher", "MapFetcher"]


class MapFetcher:
    """Samples by key."""

    def __init__(self, dataset, auto_collation, collate_fn, drop_last):
        self.dataset = dataset
        self.auto_collation = auto_collation
        self.collate_fn = collate_fn
        # The same numbers as sample by sample, by one operation for each tensor.
        self.at_once = (
            auto_collation
            and collate_fn is default_collate
            and type(dataset) is TensorDataset
            and not any(t.requires_grad or t.dim() == 0 for t in dataset.tensors)
        )

    def fetch(self, keys):
        """The batch of these keys, or of this one key without automatic batches."""
        dataset = self.dataset
        if self.at_once and all(type(k) is int for k in keys):
            return [t[keys] for t in dataset.tensors]
        if not self.auto_collation:
            return self.collate_fn(dataset[keys])
        at_once = getattr(dataset, "__getitems__", None)
        return self.collate_fn(at_once(keys) if at_once else [dataset[k] for k in keys])


class IterableFetcher:
    """The next samples of a stream."""

    def __init__(self, dataset, auto_collation, collate_fn, drop_last):
        self.stream = iter(dataset)
        self.auto_collation = auto_collation
        self.collate_fn = collate_fn
        self.drop_last = drop_last
        self.ended = False

    def fetch(self, keys):
        """A batch of as many samples as there are keys; StopIteration at the end of the stream."""
        if self.ended:
            raise StopIteration
        if not self.auto_collation:
            return self.collate_fn(next(self.stream))
        samples = []
        for _ in keys:
            try:
                samples.append(next(self.stream))
            except StopIteration:
                self.ended = True
                break
        if not samples or (self.drop_last and len(samples) < len(keys)):
            raise StopIteration
        return self.collate_fn(samples)
