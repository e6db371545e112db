"""`python -m migrations revision "what"`: see server.migrate."""

import sys

from server.migrate import main

raise SystemExit(main(sys.argv[1:]))
