"""The loader: batches of a dataset, made here or in worker processes."""

from __future__ import annotations

import os
import warnings
from contextlib import suppress
from itertools import cycle
from types import GenericAlias

from ._utils.collate import default_collate, default_convert
from ._utils.fetch import IterableFetcher, MapFetcher
from ._utils.worker import End, Raised, Resume, get_worker_info
from ._utils.worker import loop as _worker_loop
from .dataset import IterableDataset
from .sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler, seed_from

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]

#: How long workers have to end by themselves, in seconds.
PATIENCE = 1.0


class _DatasetKind:
    Map = 0
    Iterable = 1


class _InfiniteConstantSampler(Sampler):
    """None for ever: a stream has no keys."""

    def __iter__(self):
        while True:
            yield None


class DataLoader:
    """Batches of a dataset, in the order of a sampler.

    Args:
        dataset: one with `__getitem__` and `__len__`, or an `IterableDataset`.
        batch_size: samples in a batch; None: single samples.
        shuffle: in random order, another one each time.
        sampler: the order of the samples; `batch_sampler`: lists of those of each batch.
        num_workers: processes that make batches; 0: none.
        collate_fn: makes a batch of a list of samples; see `default_collate`.
        pin_memory, pin_memory_device: without effect: there are no devices to copy to.
        drop_last: leave out the last batch if it is shorter.
        timeout: seconds to wait for a batch of a worker; 0: for ever.
        worker_init_fn: called in each worker with its number.
        multiprocessing_context: how processes are started, as a text (`"fork"`, `"spawn"` ...) or a context.
        generator: whose random numbers are used for shuffling and for the seeds of workers.
        prefetch_factor: batches made in advance, for each worker; 2 if None.
        persistent_workers: workers stay after the last batch, for the next time.
        in_order: batches of workers come in the order of the sampler; otherwise as they are ready.
    """

    __initialized = False
    _iterator = None

    __class_getitem__ = classmethod(GenericAlias)

    def __init__(
        self,
        dataset,
        batch_size=1,
        shuffle=None,
        sampler=None,
        batch_sampler=None,
        num_workers=0,
        collate_fn=None,
        pin_memory=False,
        drop_last=False,
        timeout=0,
        worker_init_fn=None,
        multiprocessing_context=None,
        generator=None,
        *,
        prefetch_factor=None,
        persistent_workers=False,
        pin_memory_device="",
        in_order=True,
    ):
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        if num_workers == 0 and prefetch_factor is not None:
            raise ValueError(
                "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
                "multiprocessing, otherwise set prefetch_factor to None."
            )
        if num_workers > 0 and prefetch_factor is None:
            prefetch_factor = 2
        elif prefetch_factor is not None and prefetch_factor < 0:
            raise ValueError("prefetch_factor option should be non-negative")
        if persistent_workers and num_workers == 0:
            raise ValueError("persistent_workers option needs num_workers > 0")
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.in_order = in_order
        if isinstance(dataset, IterableDataset):
            self._dataset_kind = _DatasetKind.Iterable
            unspecified = "DataLoader with IterableDataset: expected unspecified"
            if shuffle not in (False, None):
                raise ValueError(f"{unspecified} shuffle option, but got shuffle={shuffle}")
            if sampler is not None:
                raise ValueError(f"{unspecified} sampler option, but got sampler={sampler}")
            if batch_sampler is not None:
                raise ValueError(f"{unspecified} batch_sampler option, but got batch_sampler={batch_sampler}")
        else:
            shuffle = bool(shuffle)
            self._dataset_kind = _DatasetKind.Map
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size = None
            drop_last = False
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None:
            if self._dataset_kind == _DatasetKind.Iterable:
                sampler = _InfiniteConstantSampler()
            elif shuffle:
                sampler = RandomSampler(dataset, generator=generator)
            else:
                sampler = SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.generator = generator
        if collate_fn is None:
            collate_fn = default_collate if self._auto_collation else default_convert
        self.collate_fn = collate_fn
        self.persistent_workers = persistent_workers
        self.__initialized = True
        self._IterableDataset_len_called = None
        self._iterator = None
        self.check_worker_number_rationality()

    @property
    def multiprocessing_context(self):
        """How processes are started; None: Python's default."""
        return self.__multiprocessing_context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context):
        if context is not None:
            if self.num_workers <= 0:
                raise ValueError(
                    "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got "
                    f"num_workers={self.num_workers}"
                )
            import multiprocessing
            from multiprocessing.context import BaseContext

            if isinstance(context, str):
                valid = multiprocessing.get_all_start_methods()
                if context not in valid:
                    raise ValueError(
                        "multiprocessing_context option should specify a valid start method in "
                        f"{valid!r}, but got multiprocessing_context={context!r}"
                    )
                context = multiprocessing.get_context(context)
            if not isinstance(context, BaseContext):
                raise TypeError(
                    "multiprocessing_context option should be a valid context object or a string specifying the start "
                    f"method, but got multiprocessing_context={context}"
                )
        self.__multiprocessing_context = context

    def __setattr__(self, attr, val):
        if self.__initialized and attr in (
            "batch_size",
            "batch_sampler",
            "sampler",
            "drop_last",
            "dataset",
            "persistent_workers",
        ):
            raise ValueError(f"{attr} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(attr, val)

    def _get_iterator(self):
        if self.num_workers == 0:
            return _SingleProcessDataLoaderIter(self)
        self.check_worker_number_rationality()
        return _MultiProcessingDataLoaderIter(self)

    def __iter__(self):
        if self.persistent_workers and self.num_workers > 0:
            if self._iterator is None:
                self._iterator = self._get_iterator()
            else:
                self._iterator._reset(self)
            return self._iterator
        return self._get_iterator()

    @property
    def _auto_collation(self) -> bool:
        return self.batch_sampler is not None

    @property
    def _index_sampler(self):
        return self.batch_sampler if self._auto_collation else self.sampler

    def __len__(self):
        if self._dataset_kind == _DatasetKind.Iterable:
            length = self._IterableDataset_len_called = len(self.dataset)
            if self.batch_size is None:
                return length
            return length // self.batch_size if self.drop_last else -(-length // self.batch_size)
        return len(self._index_sampler)

    def check_worker_number_rationality(self) -> None:
        """Warns of more workers than processors."""
        if not self.num_workers:
            return
        count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        if count is not None and self.num_workers > count:
            warnings.warn(
                f"This DataLoader will create {self.num_workers} worker processes in total. Our suggested max number "
                f"of worker in current system is {count}, which is smaller than what this DataLoader is going to "
                "create. Please be aware that excessive worker creation might get DataLoader running slow or even "
                "freeze, lower the worker number to avoid potential slowness/freeze if necessary.",
                stacklevel=3,
            )

    def _make_fetcher(self):
        """What makes a fetcher of a dataset, in this process or another."""
        kind = MapFetcher if self._dataset_kind == _DatasetKind.Map else IterableFetcher
        return _MakeFetcher(kind, self._auto_collation, self.collate_fn, self.drop_last)


class _MakeFetcher:
    def __init__(self, kind, *args):
        self.kind, self.args = kind, args

    def __call__(self, dataset):
        return self.kind(dataset, *self.args)


class _BaseDataLoaderIter:
    """One run through a loader."""

    def __init__(self, loader: DataLoader) -> None:
        self._dataset = loader.dataset
        self._dataset_kind = loader._dataset_kind
        self._index_sampler = loader._index_sampler
        self._num_workers = loader.num_workers
        self._timeout = loader.timeout
        self._persistent_workers = loader.persistent_workers
        self._IterableDataset_len_called = loader._IterableDataset_len_called
        if loader.pin_memory:
            warnings.warn(
                "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be "
                "used.",
                stacklevel=3,
            )
        self._sampler_iter = iter(self._index_sampler)
        self._base_seed = seed_from(loader.generator)
        self._num_yielded = 0

    def _reset(self, loader) -> None:
        self._sampler_iter = iter(self._index_sampler)
        self._num_yielded = 0
        self._IterableDataset_len_called = loader._IterableDataset_len_called

    def __iter__(self):
        return self

    def __next__(self):
        data = self._next_data()
        self._num_yielded += 1
        known = self._IterableDataset_len_called
        if self._dataset_kind == _DatasetKind.Iterable and known is not None and self._num_yielded > known:
            message = (
                f"Length of IterableDataset {self._dataset} was reported to be {known}(when accessing "
                f"len(dataloader)), but {self._num_yielded} samples have been fetched. "
            )
            if self._num_workers > 0:
                message += (
                    "For multiprocessing data-loading, this could be caused by not properly configuring the "
                    "IterableDataset replica at each worker. Please see "
                    "https://pytorch.org/docs/stable/data.html#torch.utils.data.IterableDataset for examples."
                )
            warnings.warn(message, stacklevel=2)
        return data

    def __len__(self):
        return len(self._index_sampler)

    def __getstate__(self):
        raise NotImplementedError("{} cannot be pickled", type(self).__name__)


class _SingleProcessDataLoaderIter(_BaseDataLoaderIter):
    def __init__(self, loader):
        super().__init__(loader)
        if self._timeout != 0:
            raise AssertionError("timeout must be 0 for single-process loading")
        self._fetcher = loader._make_fetcher()(self._dataset)

    def _next_data(self):
        return self._fetcher.fetch(next(self._sampler_iter))


class _Worker:
    """A worker process, as its parent sees it."""

    def __init__(self, process, connection):
        self.process, self.connection = process, connection
        #: Is there more to come in this run?
        self.active = True


class _MultiProcessingDataLoaderIter(_BaseDataLoaderIter):
    """Tasks go to the workers in turn, each over a pipe of its own, where its results come back in the same order."""

    def __init__(self, loader):
        super().__init__(loader)
        import multiprocessing

        self._workers_all: list[_Worker] = []
        self._pid = os.getpid()
        self._in_order = loader.in_order
        self._prefetch = loader.prefetch_factor * loader.num_workers
        context = loader.multiprocessing_context or _context(multiprocessing)
        make = loader._make_fetcher()
        try:
            for i in range(loader.num_workers):
                ours, theirs = multiprocessing.Pipe()
                args = (theirs, self._pid, loader.dataset, make, i, loader.num_workers, self._base_seed)
                process = context.Process(target=_worker_loop, args=(*args, loader.worker_init_fn), daemon=True)
                process.start()
                theirs.close()
                self._workers_all.append(_Worker(process, ours))
        except BaseException:
            self._shutdown_workers()
            raise
        # As in PyTorch a sampler that draws its numbers when it is asked for an iterator draws them twice.
        super()._reset(loader)
        self._begin()

    @property
    def _workers(self):
        return [w.process for w in self._workers_all]

    def _reset(self, loader):
        super()._reset(loader)
        # What was asked for in the last run and not taken.
        while self._tasks:
            self._receive(self._tasks[next(iter(self._tasks))])
        for w in self._workers_all:
            w.active = True
            w.connection.send(Resume())
        self._begin()

    def _begin(self):
        self._turns = cycle(self._workers_all)
        self._sent = 0
        #: Worker of each task that was sent and not answered, by the task's number, in order.
        self._tasks: dict[int, _Worker] = {}
        for _ in range(self._prefetch):
            self._send_task()

    def _send_task(self):
        """Gives the next task to the next worker that has more to come."""
        worker = next((w for _, w in zip(self._workers_all, self._turns) if w.active), None)
        if worker is None:
            return
        try:
            keys = next(self._sampler_iter)
        except StopIteration:
            return
        # If it is dead, that is said when its result is waited for.
        with suppress(ConnectionError):
            worker.connection.send((self._sent, keys))
        self._tasks[self._sent] = worker
        self._sent += 1

    def _next_data(self):
        while self._tasks:
            worker = self._tasks[next(iter(self._tasks))] if self._in_order else None
            result = self._receive(worker)
            if isinstance(result, End):
                self._send_task()
                continue
            self._send_task()
            if isinstance(result, Raised):
                result.reraise()
            return result
        if not self._persistent_workers:
            self._shutdown_workers()
        raise StopIteration

    def _receive(self, worker):
        """The next result of a worker, or of any. A worker that ended its stream has no further tasks then."""
        from multiprocessing.connection import wait

        if worker is not None:
            connections = {worker.connection: worker}
        else:
            connections = {w.connection: w for w in self._tasks.values()}
        dead = [w.process.sentinel for w in self._workers_all]
        ready = wait([*connections, *dead], self._timeout or None)
        if not ready:
            self._shutdown_workers()
            raise RuntimeError(f"DataLoader timed out after {self._timeout} seconds")
        ready = [c for c in ready if c in connections] or [c for c in connections if c.poll()]
        try:
            if not ready:
                raise EOFError
            number, result = ready[0].recv()
        except (EOFError, ConnectionError):
            raise self._dead() from None
        worker = connections[ready[0]]
        del self._tasks[number]
        if isinstance(result, End):
            worker.active = False
            self._tasks = {n: w for n, w in self._tasks.items() if w is not worker}
        return result

    def _dead(self):
        """The error for workers that are gone."""
        for w in self._workers_all:
            w.process.join(0.1)
        gone = [w.process for w in self._workers_all if not w.process.is_alive()]
        pids = ", ".join(str(p.pid) for p in gone)
        codes = {p.exitcode for p in gone if p.exitcode}
        self._shutdown_workers()
        how = ""
        if codes and all(c < 0 for c in codes):
            import signal

            how = f" (killed by {', '.join(signal.Signals(-c).name for c in codes)})"
        return RuntimeError(f"DataLoader worker (pid(s) {pids}) exited unexpectedly{how}")

    def _shutdown_workers(self):
        if os.getpid() != self._pid:
            # A child that was forked has a copy of this iterator, but not of its workers.
            return
        workers, self._workers_all, self._tasks = self._workers_all, [], {}
        for w in workers:
            with suppress(OSError):
                w.connection.send(None)
            w.connection.close()
        try:
            for w in workers:
                w.process.join(PATIENCE)
        finally:
            for w in workers:
                if w.process.is_alive():
                    w.process.terminate()
                    w.process.join()

    def __del__(self):
        if getattr(self, "_workers_all", None):
            self._shutdown_workers()


def _context(multiprocessing):
    """Forking where Python can: its default on Linux was that until 3.14, and datasets need not be pickled."""
    if multiprocessing.get_start_method(allow_none=True) is None and os.name == "posix" and os.uname()[0] == "Linux":
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context()
