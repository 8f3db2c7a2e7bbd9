"""Cycles of references through the library: Python's collector takes them where the library's part is nobody else's."""

import gc
import weakref

import pytest
import torch


class Tag:
    """Something to see go."""


def nothing(*_of):
    """For hooks that only hold something."""


def attribute(tag):
    x = torch.ones(2)
    x.tag, x.me = tag, x


def closure(tag):
    x = torch.ones(2)
    x.f = lambda: (x, tag)


def parameter(tag):
    x = torch.nn.Parameter(torch.ones(2))
    x.tag, x.me = tag, x


def hook_of_a_leaf(tag):
    x = torch.ones(2, requires_grad=True)
    x.register_hook(lambda g: nothing(x, tag))


def hook_after_accumulation(tag):
    x = torch.ones(2, requires_grad=True)
    x.register_post_accumulate_grad_hook(lambda x_: nothing(x, tag))


def hook_of_a_result(tag):
    y = torch.ones(2, requires_grad=True) * 2
    y.register_hook(lambda g: nothing(y, tag))


def hook_of_a_weight(tag):
    net = torch.nn.Linear(2, 2)
    net(torch.ones(1, 2)).sum().backward()
    net.weight.register_hook(lambda g: nothing(net, tag))


def attribute_of_a_gradient(tag):
    x = torch.ones(2, requires_grad=True)
    x.sum().backward()
    x.grad.owner = (x, tag)


def value_of_a_function(tag):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, box):
            ctx.box = box
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2, None

    box = [tag]
    y = Double.apply(torch.ones(2, requires_grad=True), box)
    box.append(y)


def class_of_a_function(tag):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    Double.tag = tag
    Double.last = Double.apply(torch.ones(2, requires_grad=True))


CYCLES = [
    attribute,
    closure,
    parameter,
    hook_of_a_leaf,
    hook_after_accumulation,
    hook_of_a_result,
    hook_of_a_weight,
    attribute_of_a_gradient,
    value_of_a_function,
    class_of_a_function,
]


@pytest.fixture(autouse=True)
def _no_collections():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("make", CYCLES, ids=lambda f: f.__name__)
def test_cycles_are_collected(make):
    tag = Tag()
    seen = weakref.ref(tag)
    make(tag)
    del tag
    assert seen() is not None
    gc.collect()
    assert seen() is None


def test_what_is_in_use_stays():
    x = torch.ones(2, requires_grad=True)
    calls = []
    x.me = x
    x.register_hook(lambda g, x=x: calls.append((x, g)))
    y = x * 3
    del x
    # The graph alone has the tensor now, beside its own cycle: that is no garbage yet.
    gc.collect()
    y.sum().backward()
    gc.collect()
    assert [(kept.me is kept, g.tolist()) for kept, g in calls] == [(True, [3.0, 3.0])]


def test_a_shared_function_keeps_its_value():
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, box):
            ctx.box = box
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * len(ctx.box), None

    x = torch.ones(2, requires_grad=True)
    box = [1]
    y = Double.apply(x, box)
    box.append(y)
    z = y.sum()
    del y, box
    gc.collect()
    z.backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_hooks_that_were_removed_are_forgotten():
    x = torch.ones(2, requires_grad=True)
    tags = [Tag() for _ in range(20)]
    seen = [weakref.ref(tag) for tag in tags]
    handles = [x.register_hook(lambda g, tag=tag: None) for tag in tags]
    for handle in handles:
        handle.remove()
    del tags, handles, handle
    assert all(s() is None for s in seen)
    gc.collect()
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
