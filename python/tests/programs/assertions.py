"""torch.testing.assert_close: what agrees, and what is said of what does not."""


def _check(torch, show):
    def check(actual, expected, **options):
        try:
            torch.testing.assert_close(actual, expected, **options)
            show("agree")
        except (AssertionError, TypeError, ValueError) as error:
            for line in f"{type(error).__name__}: {error}".split("\n"):
                show(line)

    return check


def tensors(torch, show):
    check, t = _check(torch, show), torch.tensor
    check(t([1.0, 2.0]), t([1.0, 2.0]))
    check(t([1.0, 2.0]), t([1.0, 3.0]))
    check(t([1.0, 2.0, 5.0]), t([1.0, 3.0, 7.0]), rtol=0.1, atol=0.01)
    check(t([1, 2]), t([1, 3]))
    check(t([True]), t([False]))
    check(t([[1.0, 2.0], [3.0, 4.0]]), t([[1.0, 2.0], [3.5, 4.0]]))
    check(t([1.0, 2.0]), t([1.0, 2.0], requires_grad=True))
    check(torch.empty(0), torch.empty(0))
    check(t([float("inf")]), t([1.0]))
    check(t([float("inf")]), t([float("inf")]))
    check(t([0.0, 1.0]), t([0.0, 0.0]))
    check(t([1.0, 2.0]), t([1.0, 3.0]), rtol=0, atol=0)
    check(t([200], dtype=torch.uint8), t([1], dtype=torch.uint8))


def tolerances_of_dtypes(torch, show):
    check, t = _check(torch, show), torch.tensor
    check(t([1.0, 2.0]), t([1.0, 2.000001]))
    check(t([1.0, 2.0]).double(), t([1.0, 2.00001]).double())
    check(t([1.0, 2.0]).half(), t([1.0, 2.01]).half())
    check(t([1.0, 2.0]).bfloat16(), t([1.0, 2.01]).bfloat16())
    check(t([1.0]), t([1]), check_dtype=False)
    check(t([1.0]).half(), t([1.001]), check_dtype=False)


def attributes(torch, show):
    check, t = _check(torch, show), torch.tensor
    check(t([1.0, 2.0]), t([1.0, 2.0, 3.0]))
    check(t([1.0, 2.0]), t([1.0, 2.0]).double())
    m = t([[1.0, 2.0], [3.0, 4.0]])
    check(m, m.t().contiguous().t())
    check(m, m.t().contiguous().t(), check_stride=True)


def nan(torch, show):
    check, t = _check(torch, show), torch.tensor
    check(t([float("nan")]), t([float("nan")]))
    check(t([float("nan")]), t([float("nan")]), equal_nan=True)
    check(float("nan"), float("nan"), equal_nan=True)


def numbers(torch, show):
    check, t = _check(torch, show), torch.tensor
    check(t(1.0), t(2.0))
    check(t(1), t(2))
    check(1.0, 2.0)
    check(1, 2)
    check(1, 1.0)
    check(1, 1.0, check_dtype=False)
    check(True, False)
    check(None, None)
    check(1 + 2j, 1 + 2j)


def containers(torch, show):
    check, t = _check(torch, show), torch.tensor
    check([t(1.0), t(2.0)], [t(1.0), t(3.0)])
    check([t(1.0)], [t(1.0), t(3.0)])
    check({"a": t(1.0)}, {"a": t(2.0)})
    check({"a": t(1.0)}, {"b": t(2.0)})
    check([1, [2, 3]], [1, [2, 4]])
    check((1, 2), [1, 2])


def what_cannot_be_compared(torch, show):
    check, t = _check(torch, show), torch.tensor
    check(t([1.0, 2.0]), [1.0, 2.0])
    check("a", "b")
    check(1, t(1))
    show.error(
        lambda: torch.testing.assert_close(torch.nn.Parameter(t(1.0)), t(1.0), allow_subclasses=False), text=False
    )
    check(t([1.0, 2.0]), t([1.0, 3.0]), rtol=0.1)


def messages(torch, show):
    check, t = _check(torch, show), torch.tensor
    check(t([1.0, 2.0]), t([1.0, 3.0]), msg="my message")
    check(t([1.0, 2.0]), t([1.0, 3.0]), msg=lambda text: "Mine: " + text)


def arrays(torch, show):
    import numpy

    check = _check(torch, show)
    check(numpy.ones(2), numpy.ones(2) * 2)
    check(numpy.ones(2), numpy.ones(2))


def make_tensor(torch, show):
    for dtype in (torch.float32, torch.float16, torch.int64, torch.uint8, torch.bool):
        x = torch.testing.make_tensor((3, 4), dtype=dtype, device="cpu", noncontiguous=True)
        show(x.dtype, x.shape, x.is_contiguous())
    x = torch.testing.make_tensor(50, dtype=torch.float64, device="cpu", low=2, high=3, requires_grad=True)
    show(bool((x >= 2).all()), bool((x < 3).all()), x.requires_grad)
    show.error(lambda: torch.testing.make_tensor(2, dtype=torch.int64, device="cpu", requires_grad=True), text=False)
