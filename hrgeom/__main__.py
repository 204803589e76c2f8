"""`python -m hrgeom`."""

import sys

from hrgeom.cli import main

sys.exit(main())
