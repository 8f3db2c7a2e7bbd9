"""Random numbers: the streams are PyTorch's, number for number."""


def uniform(torch, show):
    show(torch.rand(3), torch.rand(2, 2), torch.rand((2,), dtype=torch.float64), torch.rand(size=(1,)))
    show(torch.rand(20).sum(), torch.rand(2, requires_grad=True).requires_grad)
    show(torch.rand_like(torch.zeros(2, 2)), torch.rand_like(torch.zeros(2), dtype=torch.float64))
    show.error(lambda: torch.rand(2, dtype=torch.int64))


def normal(torch, show):
    show(torch.randn(3), torch.randn(2, 2), torch.randn(20).sum(), torch.randn(5, dtype=torch.float64))
    show(torch.randn_like(torch.zeros(3)))
    show(
        torch.normal(torch.arange(3.0), torch.ones(3)),
        torch.normal(2.0, torch.arange(3.0)),
        torch.normal(torch.zeros(2), 0.5),
    )
    show(torch.normal(1.0, 2.0, (2, 2)), torch.normal(mean=0.0, std=1.0, size=(3,)))
    show(torch.normal(torch.zeros(2, 1), torch.ones(3)).shape)
    show.error(lambda: torch.normal(torch.zeros(2), -1.0))
    show.error(lambda: torch.normal(0.0, -torch.ones(2)))


def integers(torch, show):
    show(
        torch.randint(10, (5,)), torch.randint(3, 7, (2, 3)), torch.randint(0, 2**40, (2,)), torch.randint(5, size=(2,))
    )
    show(torch.randint(10, (3,), dtype=torch.float32), torch.randint(high=4, size=(2,)), torch.randint(-5, 5, [3]))
    show(torch.randint_like(torch.zeros(3), 5), torch.randint_like(torch.zeros(3, dtype=torch.int64), 2, 9))
    show.error(lambda: torch.randint(5, 5, (2,)))
    show.error(lambda: torch.randint(0, 300, (2,), dtype=torch.uint8))


def permutations(torch, show):
    show(
        torch.randperm(5),
        torch.randperm(0),
        torch.randperm(4, dtype=torch.int32),
        torch.randperm(3, dtype=torch.float32),
    )
    show.error(lambda: torch.randperm(-1))


def generators(torch, show):
    g = torch.Generator().manual_seed(7)
    a = torch.rand(2, generator=g)
    b = torch.randn(2, generator=g)
    g.manual_seed(7)
    show(torch.equal(a, torch.rand(2, generator=g)), torch.equal(b, torch.randn(2, generator=g)), a, b)
    state = torch.get_rng_state()
    x = torch.rand(3)
    torch.set_rng_state(state)
    show(torch.equal(x, torch.rand(3)), state.shape, state.dtype)
    show(torch.randperm(3, generator=g), torch.randint(9, (3,), generator=g))
    show(torch.empty(2).uniform_(generator=g), torch.bernoulli(torch.full((4,), 0.5), generator=g))


def filling(torch, show):
    show(
        torch.empty(3).uniform_(),
        torch.empty(3).uniform_(-1, 1),
        torch.zeros(3).normal_(),
        torch.zeros(2).normal_(3, 0.1),
    )
    show(
        torch.zeros(4).bernoulli_(),
        torch.zeros(4).bernoulli_(0.9),
        torch.zeros(3).bernoulli_(torch.tensor([0.0, 1.0, 0.5])),
    )
    show(
        torch.zeros(3).exponential_(),
        torch.zeros(2).exponential_(3.0),
        torch.zeros(2).cauchy_(),
        torch.zeros(2).log_normal_(),
    )
    show(torch.zeros(3).geometric_(0.3), torch.zeros(3, dtype=torch.int64).geometric_(0.5))
    show(
        torch.zeros(3, dtype=torch.int64).random_(5),
        torch.zeros(3, dtype=torch.int64).random_(2, 9),
        torch.zeros(2).random_(),
    )
    show(torch.zeros(3, dtype=torch.uint8).random_(), torch.zeros(3, dtype=torch.int64).random_(2, to=4))


def what_does_not_fill(torch, show):
    show.error(lambda: torch.zeros(2).uniform_(1, 0))
    show.error(lambda: torch.zeros(2).normal_(0, -1))
    show.error(lambda: torch.zeros(2).bernoulli_(1.5))
    show.error(lambda: torch.zeros(2).exponential_(-1))
    show.error(lambda: torch.zeros(2).cauchy_(0, -1))
    show.error(lambda: torch.zeros(2).log_normal_(0, -1))
    show.error(lambda: torch.zeros(2).geometric_(1.5))
    show.error(lambda: torch.zeros(2).random_(5, 2))
    show.error(lambda: torch.zeros(2).random_(0))
    show.error(lambda: torch.zeros(2, dtype=torch.int64).normal_())
    show.error(lambda: torch.zeros(2, dtype=torch.int64).exponential_())
    show.error(lambda: torch.zeros(2, requires_grad=True).uniform_())


def throws(torch, show):
    p = torch.tensor([0.0, 1.0, 0.3, 0.7])
    show(torch.bernoulli(p), p.bernoulli(), torch.bernoulli(p, 0.5), torch.bernoulli(p.double()))
    show(torch.poisson(torch.tensor([0.5, 3, 20, 100, 0])), torch.poisson(torch.full((3,), 50.0, dtype=torch.float64)))
    show.error(lambda: torch.bernoulli(torch.tensor([1.5])))
    show.error(lambda: torch.bernoulli(torch.tensor([1])))
    show.error(lambda: torch.poisson(torch.tensor([-1.0])))


def multinomial(torch, show):
    w = torch.tensor([0.1, 0.0, 3.0, 1.0])
    show(torch.multinomial(w, 2), torch.multinomial(w, 6, replacement=True), w.multinomial(1))
    show(torch.multinomial(torch.ones(2, 3), 2), torch.multinomial(torch.ones(2, 3, dtype=torch.float64), 4, True))
    show.error(lambda: torch.multinomial(w, 5))
    show.error(lambda: torch.multinomial(w, 0))
    show.error(lambda: torch.multinomial(torch.ones(1, 1, 1), 1))
    show.error(lambda: torch.multinomial(torch.zeros(2), 1))
    show.error(lambda: torch.multinomial(-torch.ones(2), 1))


def gradients_of_samples_are_zero(torch, show):
    x = torch.full((3,), 0.5, requires_grad=True)
    y = x * 2
    y.uniform_()
    y.sum().backward()
    show(x.grad)
    x.grad = None
    torch.bernoulli(x).sum().backward()
    show(x.grad)
    x.grad = None
    torch.normal(x, x).sum().backward()
    show(x.grad, torch.rand_like(x).requires_grad)


def dropout(torch, show):
    x = torch.ones(6)
    show(torch.dropout(x, 0.5, True), torch.dropout(x, 0.5, False) is x, torch.nn.functional.dropout(x, 0.2))
    show.error(lambda: torch.dropout(x, 1.5, True))
