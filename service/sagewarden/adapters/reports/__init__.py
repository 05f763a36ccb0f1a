"""A report for each reader: JSON and CSV for tools, one HTML page, a terminal, a chat."""
