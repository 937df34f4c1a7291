"""A second person's word on money at a bank: asked for above a bound, and given or refused."""
