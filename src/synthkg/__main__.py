"""``python -m synthkg``, for where the folder of scripts is not on the path."""

from synthkg.cli import main

if __name__ == "__main__":
    main()
