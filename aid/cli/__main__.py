"""`python -m aid.cli` is what ./aid.sh calls."""

from aid.cli import main

main()
