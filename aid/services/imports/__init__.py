"""Lists of families: kept sealed while somebody explains them, brought in step by step, taken back."""
