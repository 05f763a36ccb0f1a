"""The operations the sandbox answers itself, in tables by service."""
