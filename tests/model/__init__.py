"""A model of RFC 5321, and a running gateway that must behave as it says."""
