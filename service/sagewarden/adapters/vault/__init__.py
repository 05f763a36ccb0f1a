"""Where the vault lies: an S3 bucket, a directory, or memory."""
