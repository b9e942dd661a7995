"""Mail in, by SMTP and LMTP: commands in, replies out, and no judgement. `gateway.gate` is who admits."""

from gateway.smtp.admission import Admission, Admitted
from gateway.smtp.front import Front
from gateway.smtp.limits import Connections
from gateway.smtp.lmtp import Protocol

__all__ = ["Admission", "Admitted", "Connections", "Front", "Protocol"]
