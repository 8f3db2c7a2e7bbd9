"""Runs a program as `python` would run it, with wengert in the place of torch, here and in child processes.

What the program can see is what it would see under `python`: `sys.argv`, `sys.path[0]`, `__main__` with its `__file__`
or `__spec__`, the exit code, and tracebacks that begin with its own lines.
"""

import os
import sys
from contextlib import suppress
from types import ModuleType

USAGE = """usage: python -m wengert [option] ... [-c cmd | -m mod | file | -] [arg] ...

Runs a PyTorch program on wengert: `import torch` and all its submodules give wengert, in child processes too.

-c cmd     run the program given as text
-m mod     run a module, as python does
file       run the program in this file (or folder or zip archive with a __main__.py); - reads it from stdin
           without a program: read it from stdin; on a terminal, ask for lines

--classic  understand programs of PyTorch 0.1 to 0.4 (`.creator`, `loss.data[0]`, `volatile` ...), with a note on
           stderr for each old form
-i         stay at an interactive prompt after the program
--version  show the versions of wengert and Python
-h, --help show this text
"""


def main(argv=None):
    """Runs what the arguments say; gives the exit code where the program does not raise."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    classic = interactive = False
    while arguments and arguments[0].startswith("-") and arguments[0] != "-":
        option = arguments.pop(0)
        if option == "--classic":
            classic = True
        elif option == "-i":
            interactive = True
        elif option in ("-h", "--help"):
            print(USAGE, end="")
            return 0
        elif option in ("--version", "-V"):
            from wengert.torch_version import OWN, __version__

            python = sys.version.split()[0]
            print(f"wengert {OWN} (as torch {__version__}, Python {python})")
            return 0
        elif option.startswith(("-c", "-m")) and not option.startswith("--"):
            value = option[2:] or (arguments.pop(0) if arguments else None)
            if value is None:
                return _misused(f"Argument expected for the {option} option")
            return _run(_module if option[1] == "m" else _text, value, arguments, classic, interactive)
        else:
            return _misused(f"unknown option {option}")
    if arguments and arguments[0] != "-":
        return _run(_script, arguments[0], arguments[1:], classic, interactive)
    return _run(_stdin, "-" if arguments else "", arguments[1:], classic, interactive or sys.stdin.isatty())


def _misused(what):
    print(f"{what}\n{USAGE.splitlines()[0]}\nTry `python -m wengert -h' for more information.", file=sys.stderr)
    return 2


def _run(how, what, arguments, classic, interactive):
    """Runs in a fresh `__main__`, and shows what it raises without the frames of this file."""
    from wengert import _alias

    _alias.install(classic=classic, children=True)
    main_module = ModuleType("__main__")
    main_module.__builtins__ = sys.modules["builtins"]
    main_module.__annotations__ = {}
    main_module.__loader__ = None
    sys.modules["__main__"] = main_module
    try:
        return how(what, arguments, main_module)
    except SystemExit:
        raise
    except BaseException as error:
        error.__traceback__ = _users_frames(error)
        _show(error)
        # Raised on, with nobody left to tell: so Python ends as after any uncaught exception (its exit code, SIGINT's
        # death, `atexit`, the interactive prompt).
        sys.excepthook = _silent
        raise
    finally:
        if interactive:
            _prompt(main_module)


def _prompt(main_module):
    """Has Python ask for lines when it is done with us; where they come from no terminal, reads them here."""
    if sys.stdin.isatty():
        os.environ["PYTHONINSPECT"] = "1"
    else:
        import code

        code.interact(banner="", local=main_module.__dict__, exitmsg="")


def _users_frames(error):
    """The traceback without the frames that lead from here to the program, and without the finder's at its end."""
    ours = (__file__, "<frozen runpy>", "<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>")
    frames = error.__traceback__
    while frames is not None:
        file = frames.tb_frame.f_code.co_filename
        if file not in ours and not file.endswith(os.sep + "runpy.py"):
            break
        frames = frames.tb_next
    frame = frames
    while frame is not None and frame.tb_next is not None:
        if os.path.basename(frame.tb_next.tb_frame.f_code.co_filename) == "_alias.py":
            frame.tb_next = None
        frame = frame.tb_next
    return frames


def _show(error):
    kind, frames = type(error), error.__traceback__
    with suppress(Exception):  # of a closed pipe Python itself speaks at its end
        sys.stdout.flush()
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, frames
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    hook = sys.excepthook
    try:
        hook(kind, error, frames)
    except BaseException as second:
        if isinstance(second, SystemExit):
            raise
        second.__context__ = None
        second.__traceback__ = second.__traceback__ and second.__traceback__.tb_next
        print("Error in sys.excepthook:", file=sys.stderr)
        sys.__excepthook__(type(second), second, second.__traceback__)
        print("\nOriginal exception was:", file=sys.stderr)
        sys.__excepthook__(kind, error, frames)


def _silent(kind, error, frames):
    """Says nothing: it has been said."""


def _enter(argv0, arguments, folder):
    sys.argv[:] = [argv0, *arguments]
    if folder is not None and not getattr(sys.flags, "safe_path", False):
        sys.path[0] = folder


def _script(path, arguments, main_module):
    if os.path.isdir(path) or _is_zip(path):
        import runpy

        _enter(path, arguments, path)
        return runpy._run_module_as_main("__main__", False) and None
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        full = os.path.abspath(path)
        print(
            f"{sys.executable}: can't open file {full!r}: [Errno {error.errno}] {os.strerror(error.errno)}",
            file=sys.stderr,
        )
        return 2
    _enter(path, arguments, os.path.dirname(os.path.realpath(path)))
    from importlib.machinery import SourceFileLoader

    name = os.path.abspath(path) if sys.version_info >= (3, 9) else path
    main_module.__file__ = name
    main_module.__cached__ = None
    main_module.__loader__ = SourceFileLoader("__main__", name)
    exec(_compiled(source, name), main_module.__dict__)
    return 0


def _compiled(source, name):
    from importlib.util import MAGIC_NUMBER

    if source[:4] == MAGIC_NUMBER:
        import marshal

        return marshal.loads(source[16:])
    return compile(source, name, "exec", dont_inherit=True)


def _is_zip(path):
    try:
        with open(path, "rb") as file:
            if file.read(4) not in (b"PK\3\4", b"PK\5\6"):
                return False
    except OSError:
        return False
    import zipfile

    return zipfile.is_zipfile(path)


def _module(name, arguments, main_module):
    import runpy

    _enter("-m", arguments, None)
    runpy._run_module_as_main(name)
    return 0


def _text(source, arguments, main_module):
    _enter("-c", arguments, "")
    exec(compile(source + "\n", "<string>", "exec", dont_inherit=True), main_module.__dict__)
    return 0


def _stdin(dash, arguments, main_module):
    _enter(dash, arguments, "")
    if sys.stdin.isatty():
        return 0  # Python itself asks for lines when we are done (PYTHONINSPECT)
    source = sys.stdin.buffer.read()
    exec(compile(source, "<stdin>", "exec", dont_inherit=True), main_module.__dict__)
    return 0
