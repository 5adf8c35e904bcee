"""Command line behind the Makefile: python -m workbench COMMAND."""

import argparse
import signal
import sys

from . import preparation, system_packages
from .console import SetupError, say


def main(arguments):
    options = _parser().parse_args(arguments)
    _end_on_signals()
    try:
        if not preparation.is_done():
            needs_tests = options.command in ("test", "lint", "setup")
            packages = system_packages.FOR_TESTS if needs_tests else system_packages.FOR_RUN
            preparation.restart_prepared(arguments, packages)
        return options.function(options) or 0
    except SetupError as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def _end_on_signals():
    def interrupt(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)


def _parser():
    parser = argparse.ArgumentParser(prog="workbench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name, function):
        command = commands.add_parser(name)
        command.set_defaults(function=function)
        return command

    add("setup", setup)
    add("versions", versions)
    add("run", run)
    add("reset", reset)
    test = add("test", run_tests)
    test.add_argument("--part", default="")
    lint = add("lint", run_lint)
    lint.add_argument("--part", default="")
    add("terms", update_terms)
    bench = add("bench", run_bench)
    bench.add_argument("name")
    bench.add_argument("--size", default="")
    bench.add_argument("--open", default="")
    return parser


# The modules are imported late: before the environment exists they cannot be.


def setup(options):
    preparation.odoo()
    say("Everything that run, test and lint need is installed.")


def versions(options):
    from .versions import report

    report(preparation.odoo())


def run(options):
    from .run import Run

    Run(preparation.odoo()).serve()


def reset(options):
    from .run import Run

    Run(preparation.odoo()).reset()


def run_tests(options):
    from .suite import run_parts

    return run_parts(preparation.odoo(), options.part)


def run_lint(options):
    from .lint import run_parts

    return run_parts(preparation.odoo, options.part)


def update_terms(options):
    from . import terms
    from .lab import Lab

    with Lab(preparation.odoo()) as lab:
        terms.update(lab)


def run_bench(options):
    from .bench import run_benchmark

    given = {"size": options.size, "open": options.open}
    return run_benchmark(preparation.odoo(), options.name, given)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
