"""Ways to tell owners of marks."""
