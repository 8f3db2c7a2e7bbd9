//! Several threads that share leaves and graphs.

use super::Case;
use super::hooks::{Log, leaf};
use wengert::autograd::{self, Options, no_grad};

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "shared_leaves_lose_nothing",
            r#"
import threading
x = torch.tensor([1., 2.], requires_grad=True)
def work():
    for _ in range(50):
        (x * x).sum().backward()
threads = [threading.Thread(target=work) for _ in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
show(x.grad)
"#,
            |show| {
                let x = leaf();
                std::thread::scope(|s| {
                    for _ in 0..4 {
                        s.spawn(|| (0..50).for_each(|_| (&x * &x).sum().backward()));
                    }
                });
                show.grad(x.grad());
            },
        ),
        Case::new(
            "a_shared_graph_is_retained",
            r#"
import threading
x = torch.tensor([1., 2.], requires_grad=True)
y = (x * x * x).sum()
def work():
    for _ in range(10):
        y.backward(retain_graph=True)
threads = [threading.Thread(target=work) for _ in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
show(x.grad)
"#,
            |show| {
                let x = leaf();
                let y = (&x * &x * &x).sum();
                std::thread::scope(|s| {
                    for _ in 0..4 {
                        s.spawn(|| (0..10).for_each(|_| y.backward_with(None, Options::retain_graph()).unwrap()));
                    }
                });
                show.grad(x.grad());
            },
        ),
        Case::new(
            "grad_mode_is_of_the_thread",
            r#"
import threading
x = torch.tensor([1., 2.], requires_grad=True)
seen = []
with torch.no_grad():
    t = threading.Thread(target=lambda: seen.append((torch.is_grad_enabled(), (x * 2).requires_grad)))
    t.start(); t.join()
    show((x * 2).requires_grad)
show(*seen[0])
"#,
            |show| {
                let x = leaf();
                let (inside, seen) = no_grad(|| {
                    let work = || (autograd::is_grad_enabled(), (&x * 2.0).requires_grad());
                    let seen = std::thread::scope(|s| s.spawn(work).join().unwrap());
                    ((&x * 2.0).requires_grad(), seen)
                });
                show.flag(inside);
                show.flag(seen.0);
                show.flag(seen.1);
            },
        ),
        Case::new(
            "a_graph_of_one_thread_is_differentiated_in_another",
            r#"
import threading
x = torch.tensor([1., 2.], requires_grad=True)
y = (x * x).sum()
t = threading.Thread(target=lambda: y.backward())
t.start(); t.join()
show(x.grad)
with raises():
    y.backward()
"#,
            |show| {
                let x = leaf();
                let y = (&x * &x).sum();
                std::thread::scope(|s| s.spawn(|| y.backward()).join().unwrap());
                show.grad(x.grad());
                show.error(y.backward_with(None, Options::default()));
            },
        ),
        Case::new(
            "graphs_of_two_threads_meet",
            r#"
import threading
x = torch.tensor([1., 2.], requires_grad=True)
parts = [None, None]
def work(i):
    parts[i] = x * (i + 2)
threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
[t.start() for t in threads]; [t.join() for t in threads]
(parts[0] * parts[1]).sum().backward()
show(x.grad)
"#,
            |show| {
                let x = leaf();
                let part = |i: f64| std::thread::scope(|s| s.spawn(|| &x * i).join().unwrap());
                (part(2.0) * part(3.0)).sum().backward();
                show.grad(x.grad());
            },
        ),
        Case::new(
            "hooks_run_in_the_thread_of_backward",
            r#"
import threading
x = torch.tensor([1., 2.], requires_grad=True)
y = x * 2
main = threading.get_ident()
y.register_hook(lambda g: show(threading.get_ident() == main, g))
y.sum().backward()
"#,
            |show| {
                let (log, x) = (Log::default(), leaf());
                let y = &x * 2.0;
                let (l, here) = (log.clone(), std::thread::current().id());
                y.register_hook(move |g| {
                    l.flag(std::thread::current().id() == here);
                    l.tensor(g);
                    None
                });
                y.sum().backward();
                log.show(show);
            },
        ),
        Case::new(
            "a_failing_thread_leaves_the_others_alone",
            r#"
import threading
x = torch.tensor([1., 2.], requires_grad=True)
def bad():
    y = x * 2
    def fail(g): raise ValueError("on purpose")
    y.register_hook(fail)
    try: y.sum().backward()
    except ValueError: pass
def good():
    for _ in range(20): (x * 3).sum().backward()
threads = [threading.Thread(target=f) for f in (bad, good, bad, good)]
[t.start() for t in threads]; [t.join() for t in threads]
show(x.grad)
"#,
            |show| {
                let x = leaf();
                std::thread::scope(|s| {
                    for _ in 0..2 {
                        s.spawn(|| {
                            let y = &x * 2.0;
                            y.try_register_hook(|_| Err(wengert::Error::value("on purpose"))).unwrap();
                            y.sum().backward_with(None, Options::default()).unwrap_err();
                        });
                        s.spawn(|| (0..20).for_each(|_| (&x * 3.0).sum().backward()));
                    }
                });
                show.grad(x.grad());
            },
        ),
        Case::new(
            "grad_in_threads_accumulates_nothing",
            r#"
import threading
x = torch.tensor([1., 2.], requires_grad=True)
out = [None] * 3
def work(i): out[i], = torch.autograd.grad((x * (i + 1)).sum(), x)
threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
[t.start() for t in threads]; [t.join() for t in threads]
show(*out, x.grad)
"#,
            |show| {
                let x = leaf();
                for i in 0..3 {
                    let work = || autograd::grad(&[&(&x * f64::from(i + 1)).sum()], &[&x]);
                    show.tensors(&std::thread::scope(|s| s.spawn(work).join().unwrap()));
                }
                show.grad(x.grad());
            },
        ),
    ]
}
