"""Modules as functions of their parameters."""

from wengert import _C
from wengert.func._vmap import like


def functional_call(module, parameter_and_buffer_dicts, args=None, kwargs=None, *, tie_weights=True, strict=False):
    """Calls `module` with these tensors in place of its parameters and buffers, by name.

    Args:
        parameter_and_buffer_dicts: one dictionary, or several with different keys.
        strict: all names must be given, and no others.
    """
    from wengert.nn.utils.stateless import functional_call as call

    return call(module, parameter_and_buffer_dicts, args, kwargs, tie_weights=tie_weights, strict=strict)


def stack_module_state(models):
    """Parameters and buffers of models of one class, each stacked along a new first dimension: two dictionaries, for
    `vmap` over `functional_call`."""
    if len(models) == 0:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({m.training for m in models}) != 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if any(type(m) is not type(models[0]) for m in models):
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    params = {key: _stacked(key, models, "named_parameters") for key, _ in models[0].named_parameters()}
    buffers = {key: _stacked(key, models, "named_buffers") for key, _ in models[0].named_buffers()}
    return params, buffers


def _stacked(key, models, names):
    tensors = [dict(getattr(m, names)())[key] for m in models]
    if all(t.requires_grad for t in tensors):
        return _C.stack([t.detach() for t in tensors]).requires_grad_(True)
    if any(t.requires_grad for t in tensors):
        raise RuntimeError(f"Expected {key} from each model to have the same .requires_grad")
    return _C.stack(tensors)


def replace_all_batch_norm_modules_(root):
    """Batch normalization below `root` keeps no running statistics from now on: writing them is no function of the
    arguments, so `vmap` could not do it."""
    for module in root.modules():
        if hasattr(module, "running_mean") and hasattr(module, "track_running_stats"):
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root


def functionalize(func, *, remove="mutations"):
    """`func` itself: writes in place need not be taken out of it, since transforms know what to do with them."""
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(
            f"functionalize(f, remove='mutations'): received invalid argument for remove={remove}. Valid options are:\n"
            "     remove='mutations': all inplace and out= operators will be removed from the program, and replaced "
            "with "
            "their out-of-place equivalents.\n"
            "     remove='mutations_and_views': In addition to the above, all aliasing operators {view} will be "
            "replaced "
            "with their non-aliasing counterparts, {view}_copy.\n"
        )

    def same(*args, **kwargs):
        return func(*args, **kwargs)

    return like(func, same)
