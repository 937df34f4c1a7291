"""`python -m aid.cli` is what ./aid.sh calls."""

import gc

gc.disable()  # what is loaded stays for good: to look through it again and again is a third of the time a start takes
from aid.cli import main  # noqa: E402

gc.freeze()
gc.enable()

main()
