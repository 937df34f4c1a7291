"""Names folded so that one person's name is the same however a clerk, a passport or a phone spelt it."""

from aid.domain.names.folding import fold, name_words

__all__ = ["fold", "name_words"]
