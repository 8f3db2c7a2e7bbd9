"""`torch.__future__`: how modules are converted in place; remembered, and read by `nn.Module`."""

_overwrite = False
_swap = False


def set_overwrite_module_params_on_conversion(value):
    """Whether `module.to()` replaces parameters instead of changing their data."""
    global _overwrite
    _overwrite = value


def get_overwrite_module_params_on_conversion():
    """What was set."""
    return _overwrite


def set_swap_module_params_on_conversion(value):
    """Whether `module.to()` swaps parameters."""
    global _swap
    _swap = value


def get_swap_module_params_on_conversion():
    """What was set."""
    return _swap
