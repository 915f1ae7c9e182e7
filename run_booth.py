"""Start the booth, or one of its tools: `python run_booth.py --help`."""

import sys

from booth.large_pages import with_large_pages

if __name__ == "__main__":
    with_large_pages()  # before anything large is imported
    from booth.cli import main

    sys.exit(main())
