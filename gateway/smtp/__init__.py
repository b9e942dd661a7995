"""Mail in, by SMTP and LMTP: aiosmtpd's events in, replies out, and no judgement."""

from gateway.smtp.admission import Admission, Admitted
from gateway.smtp.front import Front
from gateway.smtp.lmtp import Protocol

__all__ = ["Admission", "Admitted", "Front", "Protocol"]
