"""``python -m synthkg.cli``."""

from synthkg.cli import main

if __name__ == "__main__":
    main()
