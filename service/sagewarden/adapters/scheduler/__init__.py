"""The schedule, by APScheduler: nothing else in the project imports it."""

from sagewarden.adapters.scheduler.jobs import JobScheduler

__all__ = ["JobScheduler"]
