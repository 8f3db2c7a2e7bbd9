"""What happens in a worker process, and how its exceptions come back."""

from __future__ import annotations

import os
import sys

__all__ = ["WorkerInfo", "get_worker_info"]

#: How often a waiting worker looks whether its parent is still there, in seconds.
LOOK = 5.0

_worker_info = None


class WorkerInfo:
    """Which worker this is: `id` of `num_workers`, its `seed` and its copy of the `dataset`."""

    __slots__ = ("_set", "dataset", "id", "num_workers", "rng", "seed", "worker_method")

    def __init__(self, **values):
        for name, value in {"rng": None, "worker_method": "multiprocessing", **values, "_set": True}.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name, value):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __repr__(self):
        names = ("id", "num_workers", "seed", "dataset", "rng", "worker_method")
        return f"{type(self).__name__}({', '.join(f'{n}={getattr(self, n)}' for n in names)})"


def get_worker_info():
    """In a worker process, which one it is (see `WorkerInfo`); None elsewhere."""
    return _worker_info


class Raised:
    """An exception of a worker, with its traceback as text."""

    def __init__(self, where: str):
        import traceback

        self.type, value, tb = sys.exc_info()
        self.where = where
        self.text = "".join(traceback.format_exception(self.type, value, tb))

    def reraise(self):
        """Raises it here: one of its class, with the text of where it comes from."""
        text = f"Caught {self.type.__name__} {self.where}.\nOriginal {self.text}"
        if self.type is KeyError:
            raise KeyError(_Text(text))
        try:
            error = self.type(message=text) if getattr(self.type, "message", None) else self.type(text)
        except Exception:
            # Its class wants other arguments.
            raise RuntimeError(text) from None
        raise error


class _Text(str):
    """A text that KeyError shows as it is, with its line breaks."""

    __slots__ = ()

    def __repr__(self):
        return str(self)


class End:
    """The stream of a worker is at its end."""


class Resume:
    """The next epoch of a worker that stays."""


def seed_everything(seed: int, base_seed: int, worker_id: int) -> None:
    """Seeds the random streams of Python, of wengert and, where it is in use, of numpy, as PyTorch's workers do."""
    import random

    import wengert

    random.seed(seed)
    wengert.manual_seed(seed)
    if "numpy" in sys.modules:
        import numpy

        numpy.random.seed(numpy.random.SeedSequence((worker_id, base_seed)).generate_state(4))


def _sender(connection):
    """A function that sends bytes without waiting until they are read: the next batch is made in the meantime."""
    import queue
    import threading

    waiting = queue.SimpleQueue()

    def send():
        while True:
            data = waiting.get()
            try:
                connection.send_bytes(data)
            except (OSError, ValueError):
                # Nobody reads any more.
                return

    threading.Thread(target=send, daemon=True).start()
    return waiting.put


def _next_task(connection, parent: int):
    """What the parent asks for; None if it is gone."""
    while not connection.poll(LOOK):
        if os.getppid() != parent:
            return None
    return connection.recv()


def loop(connection, parent, dataset, make_fetcher, worker_id, num_workers, base_seed, init_fn):
    """A worker: tasks `(number, keys)` come in, results `(number, batch)` go out. Ends at None."""
    from multiprocessing.reduction import ForkingPickler

    import wengert

    global _worker_info
    try:
        wengert.set_num_threads(1)
        seed = base_seed + worker_id
        seed_everything(seed, base_seed, worker_id)
        _worker_info = WorkerInfo(id=worker_id, num_workers=num_workers, seed=seed, dataset=dataset)
        put = _sender(connection)
        where = f"in DataLoader worker process {worker_id}"
        fetcher, failed = None, None
        try:
            if init_fn is not None:
                init_fn(worker_id)
            fetcher = make_fetcher(dataset)
        except Exception:
            failed = Raised(where)
        ended = False
        while True:
            task = _next_task(connection, parent)
            if task is None:
                break
            if isinstance(task, Resume):
                ended = False
                try:
                    fetcher = make_fetcher(dataset)
                except Exception:
                    failed = Raised(where)
                continue
            number, keys = task
            if ended:
                continue
            if failed is not None:
                result, failed = failed, None
            else:
                try:
                    result = fetcher.fetch(keys)
                except StopIteration:
                    ended = hasattr(fetcher, "stream")
                    result = End() if ended else Raised(where)
                except Exception:
                    result = Raised(where)
            try:
                data = ForkingPickler.dumps((number, result))
            except Exception:
                if isinstance(result, Raised):
                    result.type = RuntimeError
                else:
                    result = Raised(where)
                data = ForkingPickler.dumps((number, result))
            del result
            put(data)
    except (KeyboardInterrupt, EOFError, ConnectionError):
        # The parent was interrupted too, or is gone.
        pass
