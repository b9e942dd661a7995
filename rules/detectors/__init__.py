"""The detectors that a clause may name in ``looks_like``, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from rules.detectors import (
    broken_link,
    credential,
    date_of_birth,
    nhs_number,
    placeholder,
    private_address,
    private_phone,
)
from rules.detectors.detector import Detector

DETECTORS: Mapping[str, Detector] = MappingProxyType(
    {
        module.DETECTOR.name: module.DETECTOR
        for module in (
            nhs_number,
            date_of_birth,
            credential,
            placeholder,
            broken_link,
            private_address,
            private_phone,
        )
    }
)
