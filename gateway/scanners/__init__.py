"""Asks clamd, spamd and rspamd what they think of a message: `Scanning.scan`; their trouble is never ours."""

from gateway.scanners.scanning import Question, ScannerAnswers, Scanning

__all__ = ["Question", "ScannerAnswers", "Scanning"]
