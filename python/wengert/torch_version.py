"""`torch.__version__`: that of the PyTorch which is followed, with wengert's own as its local part."""

__all__ = ["TorchVersion"]

OWN = "0.1.0"


class TorchVersion(str):
    """A version as text that compares as versions do, with texts ("1.8"), tuples and lists of numbers ((1, 8))."""

    __slots__ = ()

    def _compare(self, other):
        mine, theirs = _key(self), _key(other)
        return (mine > theirs) - (mine < theirs)

    def __lt__(self, other):
        return self._compare(other) < 0

    def __le__(self, other):
        return self._compare(other) <= 0

    def __gt__(self, other):
        return self._compare(other) > 0

    def __ge__(self, other):
        return self._compare(other) >= 0

    def __eq__(self, other):
        if isinstance(other, (str, tuple, list)):
            return self._compare(other) == 0
        return NotImplemented

    def __ne__(self, other):
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = str.__hash__


def _key(version):
    """A key that sorts as versions do (PEP 440, as far as releases of PyTorch use it)."""
    text = version if isinstance(version, str) else ".".join(str(part) for part in version)
    release, _, local = str.lower(str(text)).partition("+")
    numbers, stage = [], (1, 0)  # a release comes after its pre-releases
    for part in str.split(str.lstrip(release, "v"), "."):
        digits = ""
        for character in part:
            if not character.isdigit():
                break
            digits += character
        if digits:
            numbers.append(int(digits))
        rest = part[len(digits) :]
        if rest.startswith("post"):
            stage = (2, 0)
        elif rest:
            stage = (0, {"d": 0, "a": 1, "b": 2}.get(rest[0], 3))
    while numbers and numbers[-1] == 0:
        numbers.pop()
    parts = [(1, int(p), "") if p.isdigit() else (0, 0, p) for p in local.split(".")] if local else []
    return numbers, stage, parts


__version__ = TorchVersion("2.15.0+wengert" + OWN)
