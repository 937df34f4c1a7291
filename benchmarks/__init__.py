"""What was promised in figures, measured: each file is one benchmark, with a function `bench(run)`. See `frame`."""
