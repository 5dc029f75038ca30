"""`python -m okng`: the program, where the console script is not on PATH."""

from okng.cli.main import run

if __name__ == "__main__":
    run()
