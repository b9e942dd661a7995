"""INSTITUTION, AT_WORK: words for where people work, as parts of patterns: what is there is not private.

No words that are names of people (ward) or of streets (school, church) too: those are each detector's.
"""

INSTITUTION = (
    r"hospitals?|infirmary|university|departments?|dept|clinics?|trust|nhs|institute|ltd|limited|plc|gmbh|"
    r"offices?"
)
AT_WORK = rf"{INSTITUTION}|centre|company|reception|theatre"
