"""INVENTED: words by which a sentence says that its data are nobody's."""

import re

INVENTED = re.compile(
    r"\b(?:test (?:patients?|records?|cases?|data|numbers?|entry|entries|names?|subjects?|accounts?|id|"
    r"person|message)|testpatient|zz+ ?test|xx+ ?test|dummy|dummies|made[- ]up|fictitious|fictional|"
    r"fictive|invented|imaginary|phantoms?|mannequin|manikin|simulated|synthetic|anonymis\w+|anonymiz\w+|"
    r"pseudonymis\w+|pseudonymiz\w+|not (?:a )?real|unreal|placeholder|example (?:patient|number|record|"
    r"of an? (?:invalid|valid))|sample data|check digit|modulus 11|mod(?:ulus)?[- ]?11|check ?sum|(?:mr|"
    r"mrs|ms|miss|joe|jo|fred)\.? bloggs|(?:test|training|demo|sandbox) (?:system|environment|server|"
    r"database|archive)|john doe|jane doe|mickey mouse|donald duck|would be (?:written|stored|shown) as|"
    r"(?:default|dummy) (?:date|value))\b"
)
"""Test patients, phantoms, worked examples of a number: what innocent posts about patients' data name."""
