"""Transforms of functions: a function in, a function out. They compose in any order: `vmap(grad(vmap(f)))`."""

from wengert.func._functional import (
    functional_call,
    functionalize,
    replace_all_batch_norm_modules_,
    stack_module_state,
)
from wengert.func._grad import grad, grad_and_value, jvp, linearize, vjp
from wengert.func._jacobian import hessian, jacfwd, jacrev
from wengert.func._vmap import vmap

__all__ = ["functional_call", "functionalize", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp"]
__all__ += ["linearize", "replace_all_batch_norm_modules_", "stack_module_state", "vjp", "vmap"]

for _name in __all__:
    globals()[_name].__module__ = "torch.func"
del _name
