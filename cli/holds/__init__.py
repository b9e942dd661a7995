"""Behind `gatepost queue`: held posts listed, shown, decided. A running gateway learns of it by itself."""
