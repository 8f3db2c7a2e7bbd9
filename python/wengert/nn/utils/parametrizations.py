"""Parametrizations: weight normalization and spectral normalization, `torch.nn.utils.parametrizations`."""

from __future__ import annotations

import wengert

from .. import functional as F
from ..modules.module import Module
from . import parametrize
from ._norms import as_matrix, norm_except_dim, power_iterations
from ._norms import weight_norm as _normalized

__all__ = ["spectral_norm", "weight_norm"]


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g, weight_v):
        """`g v / |v|`."""
        return _normalized(weight_v, weight_g, self.dim)

    def right_inverse(self, weight):
        """Length and direction."""
        return norm_except_dim(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int = 0):
    """Makes a weight `g v / |v|`, with a length `g` for each index of `dim`: *Weight Normalization* (Salimans,
    Kingma, 2016).

    The state has `parametrizations.<name>.original0` (`g`) and `original1` (`v`); states of the older form, with
    `<name>_g` and `<name>_v`, load too.
    """
    parametrization = _WeightNorm(dim)
    parametrize.register_parametrization(module, name, parametrization, unsafe=True)

    def rename(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs):
        g, v = f"{prefix}{name}_g", f"{prefix}{name}_v"
        if g in state_dict and v in state_dict:
            state_dict[f"{prefix}parametrizations.{name}.original0"] = state_dict.pop(g)
            state_dict[f"{prefix}parametrizations.{name}.original1"] = state_dict.pop(v)

    module._register_load_state_dict_pre_hook(rename)
    return module


class _SpectralNorm(Module):
    def __init__(self, weight, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        ndim = weight.ndim
        if dim >= ndim or dim < -ndim:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{ndim}, {ndim - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim = dim if dim >= 0 else dim + ndim
        self.eps = eps
        if ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = as_matrix(weight, self.dim)
            h, w = matrix.size()
            u = matrix.new_empty(h).normal_(0, 1)
            v = matrix.new_empty(w).normal_(0, 1)
            self.register_buffer("_u", F.normalize(u, dim=0, eps=eps))
            self.register_buffer("_v", F.normalize(v, dim=0, eps=eps))
            with wengert.no_grad():
                power_iterations(matrix.detach(), self._u, self._v, 15, eps)

    def forward(self, weight):
        """The weight over its largest singular value."""
        if weight.ndim == 1:
            return F.normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            with wengert.no_grad():
                power_iterations(matrix.detach(), self._u, self._v, self.n_power_iterations, self.eps)
        # Of this step: later ones overwrite the buffers.
        u, v = self._u.clone(), self._v.clone()
        return weight / u.dot(matrix.mv(v))

    def right_inverse(self, value):
        """The weight: it may have any norm."""
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
):
    """Divides a weight by its largest singular value: *Spectral Normalization for Generative Adversarial Networks*
    (Miyato et al., 2018).

    Args:
        n_power_iterations: steps towards it at each use while training.
        eps: norms are at least this.
        dim: the dimension of the outputs; 0, but 1 for transposed convolutions.
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, wengert.Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if dim is None:
        dim = 1 if type(module).__name__.startswith("ConvTranspose") else 0
    parametrize.register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))
    return module
