"""wengert: PyTorch's define-by-run autograd, rebuilt in Rust.

The namespace is that of ``torch``: ``import wengert as torch`` runs a PyTorch program, and ``python -m wengert
script.py`` (or `install`) runs one without changing it. The operations live in the compiled module `wengert._C`, which
is made from the table of operations; what people subclass (nn, optim, autograd.Function ...) is Python. Submodules are
imported when they are first asked for.
"""

from wengert import _C as _C
from wengert import _foreign, _names
from wengert import _generator as _generator
from wengert import _tensor as _tensor
from wengert import _tensor_pickle as _tensor_pickle
from wengert import autograd as autograd
from wengert._C import *  # noqa: F403
from wengert._size import Size as Size
from wengert.functional import *  # noqa: F403

_foreign.install_finder()


def install(*, classic=False, children=True):
    """Makes `import torch` give wengert in this process, `import torch.nn.functional` and every other submodule too.

    With `classic`, programs of PyTorch 0.1 to 0.4 are understood as well (see `wengert.classic`). With `children`,
    Python processes that this one starts are told the same through their environment. Fails if the real torch has
    already been imported.
    """
    from wengert import _alias

    _alias.install(classic=classic, children=children)


def uninstall():
    """Undoes `install`: `import torch` looks for PyTorch again. Modules that were imported keep what they have."""
    from wengert import _alias

    _alias.uninstall()


def __getattr__(name):
    return _names.top_level(globals(), name)


def __dir__():
    return _names.listing(globals())
