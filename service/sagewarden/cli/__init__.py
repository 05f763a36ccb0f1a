"""The command line: thin, and slow to import nothing; each command imports what it needs."""
