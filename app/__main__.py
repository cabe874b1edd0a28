"""`python -m app` is `longtake`."""

from app.cli import main

if __name__ == "__main__":
    main()
