"""`python -m tap_bolt_eci` is the command `tap-bolt-eci`."""

import sys

from tap_bolt_eci import main

sys.exit(main())
