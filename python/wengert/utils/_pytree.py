"""Trees of Python's containers: tuples, lists, dictionaries and named tuples, with anything else as leaves."""

from collections import OrderedDict, defaultdict

__all__ = ["LeafSpec", "TreeSpec", "tree_all", "tree_any", "tree_flatten", "tree_iter", "tree_leaves", "tree_map"]
__all__ += ["tree_map_only", "tree_structure", "tree_unflatten", "treespec_pprint"]


class TreeSpec:
    """The structure of a tree: the class of a container, what else it is made from (keys), and its children's."""

    __slots__ = ("children_specs", "context", "num_leaves", "type")

    def __init__(self, type, context, children_specs):
        self.type = type
        self.context = context
        self.children_specs = children_specs
        self.num_leaves = sum(child.num_leaves for child in children_specs)

    @property
    def num_children(self):
        """The number of children."""
        return len(self.children_specs)

    def is_leaf(self):
        """Is it the structure of a leaf?"""
        return False

    def __eq__(self, other):
        if not isinstance(other, TreeSpec) or self.is_leaf() != other.is_leaf():
            return False
        return (self.type, self.context, self.children_specs) == (other.type, other.context, other.children_specs)

    def __hash__(self):
        return hash((self.type, str(self.context), tuple(self.children_specs)))

    def __repr__(self, indent=0):
        inner = indent + 2
        children = f",\n{' ' * inner}".join(child.__repr__(inner) for child in self.children_specs)
        return f"TreeSpec({self.type.__name__}, {self.context}, [{children}])"


class LeafSpec(TreeSpec):
    """The structure of a leaf."""

    __slots__ = ()

    def __init__(self):
        super().__init__(None, None, [])
        self.num_leaves = 1

    def is_leaf(self):
        """True."""
        return True

    def __repr__(self, indent=0):
        return "*"


_LEAF = LeafSpec()


def _is_namedtuple(value):
    return isinstance(value, tuple) and hasattr(type(value), "_fields")


def _children(value):
    """The children of a container, and what it is made from besides them; None for a leaf."""
    kind = type(value)
    if kind is tuple or kind is list:
        return value, None
    if kind is dict or kind is OrderedDict:
        return list(value.values()), list(value)
    if kind is defaultdict:
        return list(value.values()), [value.default_factory, list(value)]
    if _is_namedtuple(value):
        return value, kind
    return None


def _container(kind, context, children):
    if kind is tuple or kind is list:
        return kind(children)
    if kind is dict or kind is OrderedDict:
        return kind(zip(context, children))
    if kind is defaultdict:
        return defaultdict(context[0], zip(context[1], children))
    return kind(*children)


def _flatten(value, leaves, is_leaf):
    found = None if is_leaf is not None and is_leaf(value) else _children(value)
    if found is None:
        leaves.append(value)
        return _LEAF
    children, context = found
    return TreeSpec(type(value), context, [_flatten(child, leaves, is_leaf) for child in children])


def tree_flatten(tree, is_leaf=None):
    """The leaves of a tree in order, and its structure."""
    leaves = []
    spec = _flatten(tree, leaves, is_leaf)
    return leaves, spec


def tree_unflatten(leaves, treespec):
    """The tree of that structure with these leaves."""
    leaves = list(leaves)
    if len(leaves) != treespec.num_leaves:
        raise ValueError(
            f"tree_unflatten(leaves, treespec): `leaves` has length {len(leaves)} but the spec refers to a pytree that "
            f"holds {treespec.num_leaves} items ({treespec})."
        )
    return _unflatten(iter(leaves), treespec)


def _unflatten(leaves, spec):
    if spec.is_leaf():
        return next(leaves)
    return _container(spec.type, spec.context, [_unflatten(leaves, child) for child in spec.children_specs])


def tree_leaves(tree, is_leaf=None):
    """The leaves of a tree, in order."""
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree, is_leaf=None):
    """The leaves of a tree, in order."""
    return iter(tree_leaves(tree, is_leaf))


def tree_structure(tree, is_leaf=None):
    """The structure of a tree."""
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func, tree, *rests, is_leaf=None):
    """The tree with `func` of each leaf (and of the leaves at its place in other trees)."""
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [tree_leaves(rest, is_leaf) for rest in rests]
    return tree_unflatten([func(*at) for at in zip(leaves, *others)], spec)


def tree_map_only(kind, func, tree, is_leaf=None):
    """The tree with `func` of each leaf that is a `kind`."""
    return tree_map(lambda leaf: func(leaf) if isinstance(leaf, kind) else leaf, tree, is_leaf=is_leaf)


def tree_all(predicate, tree, is_leaf=None):
    """Does the predicate hold for all leaves?"""
    return all(map(predicate, tree_leaves(tree, is_leaf)))


def tree_any(predicate, tree, is_leaf=None):
    """Does the predicate hold for a leaf?"""
    return any(map(predicate, tree_leaves(tree, is_leaf)))


class _Star:
    def __repr__(self):
        return "*"


def treespec_pprint(treespec):
    """The structure as its tree with stars for leaves."""
    return repr(tree_unflatten([_Star()] * treespec.num_leaves, treespec))


def _broadcast_to_and_flatten(tree, treespec, is_leaf=None):
    """The leaves of `tree`, each as often as the part of `treespec` at its place has leaves; None if it does not
    fit."""
    if treespec.is_leaf():
        return [tree] if _children(tree) is None else None
    found = _children(tree)
    if found is None:
        return [tree] * treespec.num_leaves
    children, context = found
    if type(tree) is not treespec.type or context != treespec.context or len(children) != treespec.num_children:
        return None
    out = []
    for child, spec in zip(children, treespec.children_specs):
        part = _broadcast_to_and_flatten(child, spec)
        if part is None:
            return None
        out += part
    return out
