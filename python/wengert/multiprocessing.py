"""`torch.multiprocessing`: the standard library's multiprocessing. Tensors that are sent are copied (pickled)."""

import multiprocessing as _mp
import sys
from multiprocessing import *  # noqa: F403
from multiprocessing import connection

__all__ = [*_mp.__all__, "get_all_sharing_strategies", "get_sharing_strategy", "set_sharing_strategy", "spawn"]

__all__ += ["ProcessContext", "ProcessExitedException", "ProcessRaisedException", "SpawnContext", "start_processes"]

_strategy = "file_system"


def get_all_sharing_strategies():
    """The names that `set_sharing_strategy` takes."""
    return {"file_descriptor", "file_system"}


def get_sharing_strategy():
    """What was set."""
    return _strategy


def set_sharing_strategy(new_strategy):
    """Remembers the name; tensors are copied in any case."""
    global _strategy
    assert new_strategy in get_all_sharing_strategies()
    _strategy = new_strategy


class ProcessException(Exception):
    """A process of `spawn` ended badly."""

    def __init__(self, msg, error_index, pid):
        super().__init__(msg)
        self.msg = msg
        self.error_index = error_index
        self.pid = pid

    def __reduce__(self):
        return type(self), (self.msg, self.error_index, self.pid)


class ProcessRaisedException(ProcessException):
    """It raised an exception; the message has its traceback."""


class ProcessExitedException(ProcessException):
    """It ended by a signal or an exit code other than 0."""

    def __init__(self, msg, error_index, error_pid, exit_code, signal_name=None):
        super().__init__(msg, error_index, error_pid)
        self.exit_code = exit_code
        self.signal_name = signal_name

    def __reduce__(self):
        return type(self), (self.msg, self.error_index, self.pid, self.exit_code, self.signal_name)


def _call(fn, i, args, errors):
    """In the child: `fn(i, *args)`; what it raises goes to `errors` as text."""
    try:
        fn(i, *args)
    except KeyboardInterrupt:
        pass
    except Exception:
        import traceback

        errors.put(traceback.format_exc())
        sys.exit(1)


class ProcessContext:
    """The processes that `spawn(..., join=False)` started."""

    def __init__(self, processes, errors):
        self.processes = processes
        self._errors = errors
        self._running = {process.sentinel: index for index, process in enumerate(processes)}

    def pids(self):
        """Their process ids."""
        return [int(process.pid) for process in self.processes]

    def join(self, timeout=None, grace_period=None):
        """Waits until one ends; True when all have. If one failed, ends the others and raises what it raised."""
        if not self._running:
            return True
        failed = None
        for sentinel in connection.wait(list(self._running), timeout):
            index = self._running.pop(sentinel)
            self.processes[index].join()
            if self.processes[index].exitcode != 0:
                failed = index
                break
        if failed is None:
            return not self._running
        for process in self.processes:
            if process.is_alive():
                process.terminate()
            process.join()
        self._raise(failed)

    def _raise(self, index):
        process = self.processes[index]
        if not self._errors[index].empty():
            text = self._errors[index].get()
            message = f"\n\n-- Process {index} terminated with the following error:\n{text}"
            raise ProcessRaisedException(message, index, process.pid)
        code = process.exitcode
        if code < 0:
            import signal

            try:
                name = signal.Signals(-code).name
            except ValueError:
                name = f"<Unknown signal {-code}>"
            raise ProcessExitedException(
                f"process {index} terminated with signal {name}", index, process.pid, code, name
            )
        raise ProcessExitedException(f"process {index} terminated with exit code {code}", index, process.pid, code)


SpawnContext = ProcessContext


def start_processes(fn, args=(), nprocs=1, join=True, daemon=False, start_method="spawn"):
    """Runs `fn(i, *args)` in `nprocs` processes, i from 0; raises what one of them raises, and ends the rest.

    With `join=False` gives the `ProcessContext`.
    """
    context = _mp.get_context(start_method)
    processes, errors = [], []
    for i in range(nprocs):
        queue = context.SimpleQueue()
        process = context.Process(target=_call, args=(fn, i, args, queue), daemon=daemon)
        process.start()
        processes.append(process)
        errors.append(queue)
    started = ProcessContext(processes, errors)
    if not join:
        return started
    while not started.join():
        pass


def spawn(fn, args=(), nprocs=1, join=True, daemon=False, start_method="spawn"):
    """`start_processes` with fresh interpreters."""
    return start_processes(fn, args, nprocs, join, daemon, start_method)
