"""Does, and decides nothing: AWS, the vault, policy files, reports, logs."""
