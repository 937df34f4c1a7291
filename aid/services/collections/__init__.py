"""The table at a point: looking at a voucher, handing out, undoing it, and who may stand before it."""
