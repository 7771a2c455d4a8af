"""``python -m drylambda``: the command line."""

from drylambda.cli import main

if __name__ == "__main__":
    main()
