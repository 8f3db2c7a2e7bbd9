"""Optimizers, learning-rate schedules (`lr_scheduler`) and averaged weights (`swa_utils`): the namespace of
`torch.optim`.

Each rule is a file of its own. A step of SGD, Adam, AdamW, RMSprop and Adagrad is one call of the core for all
parameters that are alike; what that call does not know, and a step that is itself differentiated, is made of tensor
operations, parameter by parameter.
"""

from . import lr_scheduler
from .adadelta import Adadelta
from .adagrad import Adagrad
from .adam import Adam
from .adamax import Adamax
from .adamw import AdamW
from .asgd import ASGD
from .lbfgs import LBFGS
from .nadam import NAdam
from .optimizer import Optimizer
from .radam import RAdam
from .rmsprop import RMSprop
from .rprop import Rprop
from .sgd import SGD

__all__ = [
    "ASGD",
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "lr_scheduler",
]


def __getattr__(name):
    if name == "swa_utils":
        import importlib

        return importlib.import_module(".swa_utils", __name__)
    from wengert import _names

    raise _names.unknown("torch.optim", name, () if name.startswith("__") else __all__)
