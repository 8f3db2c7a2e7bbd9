"""Cosine schedules: I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2016."""

from __future__ import annotations

import math

from .base import LRScheduler, check_optimizer, rates, set_in_group

__all__ = ["CosineAnnealingLR", "CosineAnnealingWarmRestarts"]


class CosineAnnealingLR(LRScheduler):
    """Half a cosine from the initial learning rate down to `eta_min` in `T_max` epochs, and on, up again."""

    def __init__(self, optimizer, T_max, eta_min=0.0, last_epoch=-1):
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """See `LRScheduler.get_lr`."""
        self._warn_outside_of_step()
        now = rates(self.optimizer)
        e, span, low = self.last_epoch, self.T_max, self.eta_min
        if self._is_initial:
            return now
        if self._step_count == 1 and e > 0:
            return [low + (base - low) * (1 + math.cos(e * math.pi / span)) / 2 for base in self.base_lrs]
        if (e - 1 - span) % (2 * span) == 0:
            # At the bottom there is nothing left to be multiplied.
            rise = (1 - math.cos(math.pi / span)) / 2
            return [lr + (base - low) * rise for base, lr in zip(self.base_lrs, now)]
        ratio = (1 + math.cos(math.pi * e / span)) / (1 + math.cos(math.pi * (e - 1) / span))
        return [ratio * (lr - low) + low for lr in now]

    def _get_closed_form_lr(self):
        low = self.eta_min
        part = (1 + math.cos(math.pi * self.last_epoch / self.T_max)) / 2
        return [low + (base - low) * part for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine from the initial learning rate to `eta_min`, again and again: in `T_0` epochs, then `T_0 * T_mult`,
    ...
    """

    def __init__(self, optimizer, T_0, T_mult=1, eta_min=0.0, last_epoch=-1):
        if T_0 <= 0 or not isinstance(T_0, int):
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (float, int)):
            raise ValueError(f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}")
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        """See `LRScheduler.get_lr`."""
        self._warn_outside_of_step()
        part = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (base - self.eta_min) * part for base in self.base_lrs]

    def step(self, epoch=None):
        """The next epoch, or this one, which may be a fraction: `step(epoch + batch / batches)` after each batch."""
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur = self.T_cur + 1
            if self.T_cur >= self.T_i:
                self.T_cur = self.T_cur % self.T_i
                self.T_i = self.T_i * self.T_mult
        else:
            if epoch < 0:
                raise ValueError(f"Expected non-negative epoch, but got {epoch}")
            self.T_i, self.T_cur = self.T_0, epoch
            if epoch >= self.T_0:
                if self.T_mult == 1:
                    self.T_cur = epoch % self.T_0
                else:
                    mult = self.T_mult
                    n = int(math.log(epoch / self.T_0 * (mult - 1) + 1, mult))
                    self.T_cur = epoch - self.T_0 * (mult**n - 1) / (mult - 1)
                    self.T_i = self.T_0 * mult**n
        self.last_epoch = math.floor(epoch)
        check_optimizer(self.optimizer)
        self._get_lr_called_within_step = True
        try:
            values = self.get_lr()
        finally:
            self._get_lr_called_within_step = False
        for group, lr in zip(self.optimizer.param_groups, values):
            set_in_group(group, "lr", lr)
        self._last_lr = rates(self.optimizer)
