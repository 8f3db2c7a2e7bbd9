"""What programs of several chapters have in common."""

import operator

#: Python's operators of two operands.
BINARY = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

#: Those that write to their first operand.
IN_PLACE = {
    "+=": operator.iadd,
    "-=": operator.isub,
    "*=": operator.imul,
    "/=": operator.itruediv,
    "//=": operator.ifloordiv,
    "%=": operator.imod,
    "**=": operator.ipow,
    "&=": operator.iand,
    "|=": operator.ior,
    "^=": operator.ixor,
    "<<=": operator.ilshift,
    ">>=": operator.irshift,
}


def tensors(torch):
    """The names in erroneous expressions."""
    return {
        "torch": torch,
        "F": torch.nn.functional,
        "nn": torch.nn,
        "x": torch.ones(2, 3),
        "v": torch.ones(3),
        "i": torch.tensor([0, 1]),
        "b": torch.tensor([True, False, True]),
        "s": torch.tensor(2.0),
        "g": torch.ones(2, 3, requires_grad=True),
        "d": torch.ones(2, 3, dtype=torch.float64),
    }
