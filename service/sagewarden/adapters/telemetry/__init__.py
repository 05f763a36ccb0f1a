"""Logs: one format for our lines and botocore's."""
