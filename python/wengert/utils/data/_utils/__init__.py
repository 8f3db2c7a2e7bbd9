"""How batches are put together, fetched, and made in worker processes."""

from . import collate, fetch, worker

__all__ = ["collate", "fetch", "worker"]
