"""Instance normalization."""

from __future__ import annotations

from .. import functional as F
from .batchnorm import _NormBase

__all__ = ["InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"]


class _InstanceNorm(_NormBase):
    _unbatched_dim: int

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device=None,
        dtype=None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _check_input_dim(self, input) -> None:
        n = self._unbatched_dim
        if input.dim() not in (n, n + 1):
            raise ValueError(f"expected {n}D or {n + 1}D input (got {input.dim()}D input)")

    def forward(self, input):
        """The shape of the input."""
        self._check_input_dim(input)
        dim = input.dim() - self._unbatched_dim
        if input.size(dim) != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={dim} to match num_features ({self.num_features}), but got: "
                    f"{input.size(dim)}."
                )
            import warnings

            warnings.warn(
                f"input's size at dim={dim} does not match num_features. You can silence this warning by not passing "
                "in num_features, which is not used because affine=False",
                stacklevel=2,
            )
        out = F.instance_norm(
            input.unsqueeze(0) if dim == 0 else input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return out.squeeze(0) if dim == 0 else out

    def _load_from_state_dict(
        self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
    ) -> None:
        if local_metadata.get("version", None) is None and not self.track_running_stats:
            # Before it was an option, every state had running statistics.
            names = [n for n in ("running_mean", "running_var") if prefix + n in state_dict]
            if names:
                kind = type(self).__name__
                keys = " and ".join(f'"{prefix + n}"' for n in names)
                error_msgs.append(
                    f"Unexpected running stats buffer(s) {keys} for {kind} with track_running_stats=False. If "
                    "state_dict "
                    f"is a checkpoint saved before 0.4.0, this may be expected because {kind} does not track running "
                    "stats by default since 0.4.0. Please remove these keys from state_dict. If the running stats are "
                    f"actually needed, instead set track_running_stats=True in {kind} to enable them. See the "
                    f"documentation of {kind} for details."
                )
                for n in names:
                    state_dict.pop(prefix + n)
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )


class InstanceNorm1d(_InstanceNorm):
    """Normalizes each sample's channels of `(N, C, L)` or `(C, L)`; arguments as of `BatchNorm1d`."""

    _unbatched_dim = 2


class InstanceNorm2d(_InstanceNorm):
    """Normalizes each sample's channels of `(N, C, H, W)` or `(C, H, W)`; arguments as of `BatchNorm1d`."""

    _unbatched_dim = 3


class InstanceNorm3d(_InstanceNorm):
    """Normalizes each sample's channels of `(N, C, D, H, W)` or `(C, D, H, W)`; arguments as of `BatchNorm1d`."""

    _unbatched_dim = 4
