"""Where the frozen program begins."""

import multiprocessing

from app.cli import main

if __name__ == "__main__":
    # Workers of `longtake batch` are this program started again.
    multiprocessing.freeze_support()
    main()
