"""Who wrote this: DKIM, SPF and DMARC evaluated here, for lists whose border does not tell."""
