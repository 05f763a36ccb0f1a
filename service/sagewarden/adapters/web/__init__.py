"""What the daemon answers over HTTP: its health and its metrics, and nothing else."""
