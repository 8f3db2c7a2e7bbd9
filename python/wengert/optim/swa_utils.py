"""Averaged weights: P. Izmailov et al., "Averaging weights leads to wider optima and better generalization", 2018."""

from __future__ import annotations

import itertools
import math
import warnings
from copy import deepcopy

from wengert import _C
from wengert.nn import Module

from .lr_scheduler.base import LRScheduler, for_each_group, rates

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]


def _check_decay(decay) -> None:
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


def get_ema_multi_avg_fn(decay=0.999):
    """A function that takes lists of averages and parameters into `decay * average + (1 - decay) * parameter`."""
    _check_decay(decay)
    one = get_ema_avg_fn(decay)

    def ema_update(ema_param_list, current_param_list, _):
        with _no_grad():
            for average, p in zip(ema_param_list, current_param_list):
                average.copy_(one(average, p, _))

    return ema_update


def get_swa_multi_avg_fn():
    """A function that takes one more parameter into each mean of a list."""
    one = get_swa_avg_fn()

    def swa_update(averaged_param_list, current_param_list, num_averaged):
        with _no_grad():
            for average, p in zip(averaged_param_list, current_param_list):
                average.copy_(one(average, p, num_averaged))

    return swa_update


def get_ema_avg_fn(decay=0.999):
    """A function for `decay * average + (1 - decay) * parameter`."""
    _check_decay(decay)

    def ema_update(ema_param, current_param, num_averaged):
        with _no_grad():
            return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn():
    """A function for the mean of one more parameter: `average + (parameter - average) / (n + 1)`."""

    def swa_update(averaged_param, current_param, num_averaged):
        with _no_grad():
            return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def _no_grad():
    import wengert

    return wengert.no_grad()


class AveragedModel(Module):
    """A copy of a model whose parameters are averages of those of the model: `update_parameters` takes one more in.

    Args:
        model: what is averaged.
        avg_fn: `avg_fn(average, parameter, n)` is the new average; the mean if None.
        multi_avg_fn: the same in place, for lists of tensors.
        use_buffers: average buffers too; otherwise they are copied.
    """

    def __init__(self, model, device=None, avg_fn=None, multi_avg_fn=None, use_buffers=False):
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", _C.tensor(0, dtype=_C.int64, device=device))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args, **kwargs):
        """The result of the averaged model."""
        return self.module(*args, **kwargs)

    def _averaged(self, model):
        buffers = model.buffers() if self.use_buffers else ()
        return [t.detach() for t in itertools.chain(model.parameters(), buffers)]

    def update_parameters(self, model) -> None:
        """Takes the parameters of `model`, as they are now, into the averages."""
        averages, current = self._averaged(self.module), self._averaged(model)
        n = self.n_averaged
        if n == 0:
            for average, p in zip(averages, current):
                average.copy_(p)
        elif self.multi_avg_fn is not None:
            self.multi_avg_fn(averages, current, n)
        else:
            one = self.avg_fn if self.avg_fn is not None else get_swa_avg_fn()
            for average, p in zip(averages, current):
                average.copy_(one(average, p, n))
        if not self.use_buffers:
            for own, theirs in zip(self.module.buffers(), model.buffers()):
                own.detach().copy_(theirs.detach())
        self.n_averaged += 1


def update_bn(loader, model, device=None) -> None:
    """Computes the statistics of batch normalizations in `model` anew, from one pass over the batches of `loader`."""
    try:
        from wengert.nn.modules.batchnorm import _BatchNorm
    except ImportError:
        # There is no such layer, hence none in the model.
        return
    momenta = {}
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.reset_running_stats()
            momenta[module] = module.momentum
    if not momenta:
        return
    was_training = model.training
    model.train()
    for module in momenta:
        module.momentum = None
    with _no_grad():
        for batch in loader:
            if isinstance(batch, (list, tuple)):
                batch = batch[0]
            model(batch if device is None else batch.to(device))
    for module, momentum in momenta.items():
        module.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """Takes the learning rate to `swa_lr` in `anneal_epochs` epochs, and keeps it there.

    Args:
        anneal_strategy: `"cos"` or `"linear"`.
    """

    def __init__(self, optimizer, swa_lr, anneal_epochs=10, anneal_strategy="cos", last_epoch=-1):
        for lr, group in zip(for_each_group("swa_lr", optimizer, swa_lr), optimizer.param_groups):
            group["swa_lr"] = lr
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_strategy = anneal_strategy
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _alpha(self, step) -> float:
        """How much of the way is gone after so many steps."""
        t = max(0, min(1, step / max(1, self.anneal_epochs)))
        return (1 - math.cos(math.pi * t)) / 2 if self._anneal_strategy == "cos" else t

    def get_lr(self):
        """See `LRScheduler.get_lr`."""
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
                UserWarning,
                stacklevel=2,
            )
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._alpha(step - 1), self._alpha(step)
        values = []
        for group, lr in zip(self.optimizer.param_groups, rates(self.optimizer)):
            goal = group["swa_lr"]
            start = goal if before == 1 else (lr - before * goal) / (1 - before)
            values.append(goal * now + start * (1 - now))
        return values
