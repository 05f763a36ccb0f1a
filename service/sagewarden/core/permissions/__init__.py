"""The least permissions that a target, its vault and its policies need."""
