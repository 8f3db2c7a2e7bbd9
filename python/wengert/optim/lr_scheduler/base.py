"""The base of all schedules."""

from __future__ import annotations

import warnings
from functools import wraps
from weakref import ref

from wengert._C import Tensor

from ..optimizer import Optimizer

__all__ = ["LRScheduler"]

EPOCH_DEPRECATION_WARNING = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
    "`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed "
    "form is used instead of the new chainable form, where available. Please open an issue if you are unable to "
    "replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose."
)
_ORDER = "See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"


def copied(x):
    """A copy of a tensor, other things as they are."""
    return x.clone() if isinstance(x, Tensor) else x


def set_in_group(group: dict, name: str, value) -> None:
    """Sets a setting; a tensor keeps its place in memory."""
    if isinstance(group[name], Tensor):
        group[name].fill_(value.item() if isinstance(value, Tensor) else value)
    else:
        group[name] = value


def rates(optimizer: Optimizer) -> list:
    """The learning rates of the groups, as they are now."""
    return [copied(group["lr"]) for group in optimizer.param_groups]


def check_optimizer(optimizer) -> None:
    """PyTorch's error for what is no optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def for_each_group(name: str, optimizer: Optimizer, value) -> list:
    """One value for each group, from a list of them or one for all."""
    n = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [value] * n
    if len(value) != n:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has {len(value)} values, "
            f"param_groups has {n}."
        )
    return list(value)


class _flag:
    """Sets an attribute to True for a while."""

    def __init__(self, of, name):
        self.of, self.name = of, name

    def __enter__(self):
        setattr(self.of, self.name, True)

    def __exit__(self, *exc):
        setattr(self.of, self.name, False)


class LRScheduler:
    """Sets the learning rates of an optimizer's groups. A subclass computes them in `get_lr`.

    Args:
        optimizer: whose learning rates are set.
        last_epoch: -1 to begin; otherwise the epoch to go on after: the groups must have `"initial_lr"` then.
    """

    _get_lr_called_within_step = False
    _is_initial = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with "
                    "last_epoch >= 0.\nThis typically happens when:\n1. You're trying to resume training from a "
                    "checkpoint but haven't properly loaded the optimizer state\n2. You're using last_epoch >= 0 "
                    "for a fresh training run (not recommended)"
                )
        self.base_lrs = [copied(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        _watch_steps(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        with _flag(self, "_is_initial"):
            self.step()

    def state_dict(self) -> dict:
        """All of the schedule but the optimizer."""
        return {k: v for k, v in self.__dict__.items() if k != "optimizer"}

    def load_state_dict(self, state_dict: dict) -> None:
        """Goes on from a `state_dict`."""
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list:
        """The learning rates that the last `step` set, one for each group."""
        return self._last_lr

    def get_lr(self) -> list:
        """The learning rates of this epoch, computed from those of the last one."""
        raise NotImplementedError

    def step(self, epoch=None) -> None:
        """The next epoch: to be called after the optimizer's `step`. Giving the epoch is deprecated."""
        if self._step_count == 1:
            if not hasattr(self.optimizer.step, "_wrapped_by_lr_sched"):
                warnings.warn(
                    "Seems like `optimizer.step()` has been overridden after learning rate scheduler "
                    "initialization. Please, make sure to call `optimizer.step()` before `lr_scheduler.step()`. "
                    f"{_ORDER}",
                    UserWarning,
                    stacklevel=2,
                )
            elif not getattr(self.optimizer, "_opt_called", False):
                warnings.warn(
                    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, "
                    "you should call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  "
                    "Failure to do this will result in PyTorch skipping the first value of the learning rate "
                    f"schedule. {_ORDER}",
                    UserWarning,
                    stacklevel=2,
                )
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _update_lr(self, epoch=None) -> None:
        with _flag(self, "_get_lr_called_within_step"):
            if epoch is None:
                self.last_epoch += 1
                values = self.get_lr()
            else:
                self.last_epoch = epoch
                closed = getattr(self, "_get_closed_form_lr", None)
                values = self.get_lr() if closed is None else closed()
        groups = self.optimizer.param_groups
        if len(values) != len(groups):
            raise ValueError(
                f"zip() argument 2 is {'longer' if len(values) > len(groups) else 'shorter'} than argument 1"
            )
        for group, lr in zip(groups, values):
            set_in_group(group, "lr", lr)
        self._last_lr = rates(self.optimizer)

    def _warn_outside_of_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
                UserWarning,
                stacklevel=3,
            )


class _LRScheduler(LRScheduler):
    """The older name of `LRScheduler`."""


def _watch_steps(optimizer: Optimizer) -> None:
    """Makes the optimizer remember that a step was made."""
    if hasattr(optimizer.step, "_wrapped_by_lr_sched"):
        return
    func, owner = optimizer.step.__func__, ref(optimizer)

    @wraps(func)
    def step(*args, **kwargs):
        opt = owner()
        opt._opt_called = True
        return func(opt, *args, **kwargs)

    step._wrapped_by_lr_sched = True
    optimizer.step = step
