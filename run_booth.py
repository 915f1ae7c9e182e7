"""Start the booth, or one of its tools: `python run_booth.py --help`."""

import sys

from booth.cli import main

if __name__ == "__main__":
    sys.exit(main())
