"""What pictures show: sketches of them, an organisation's logo in one, faces."""
