"""One target's SageMaker: a pinned session, reads that are whole or fail, effects sent once."""
