"""The detectors that a clause may name in ``looks_like``, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from rules.detectors import (
    broken_link,
    bulk,
    contact_list,
    credential,
    cut_off,
    date_of_birth,
    empty_post,
    garbled,
    hospital_number,
    impossible_date,
    misspelt,
    nhs_number,
    out_of_office,
    patient,
    patient_table,
    placeholder,
    price,
    private_address,
    private_chat,
    private_phone,
    read_receipt,
    spelling,
    tender,
    test_post,
    unsubscribe,
)
from rules.detectors.detector import AnyDetector

_ALL: tuple[AnyDetector, ...] = (
    # patients, and what identifies them
    nhs_number.DETECTOR,
    hospital_number.DETECTOR,
    date_of_birth.DETECTOR,
    patient.DETECTOR,
    patient_table.DETECTOR,
    # keys and prices
    credential.DETECTOR,
    tender.DETECTOR,
    price.DETECTOR,
    # people's homes and numbers
    private_address.DETECTOR,
    private_phone.DETECTOR,
    contact_list.DETECTOR,
    # what is not ready to be read
    placeholder.DETECTOR,
    cut_off.DETECTOR,
    broken_link.DETECTOR,
    impossible_date.DETECTOR,
    misspelt.DETECTOR,
    garbled.DETECTOR,
    spelling.DETECTOR,
    empty_post.DETECTOR,
    # what is not meant for the list's readers
    out_of_office.DETECTOR,
    read_receipt.DETECTOR,
    unsubscribe.DETECTOR,
    private_chat.DETECTOR,
    bulk.DETECTOR,
    test_post.DETECTOR,
)

DETECTORS: Mapping[str, AnyDetector] = MappingProxyType({detector.name: detector for detector in _ALL})
