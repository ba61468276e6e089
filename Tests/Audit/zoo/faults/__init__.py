"""What is done wrong, one class each: what is wrong, why people write it so, and who should find it."""
