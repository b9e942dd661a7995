"""Behind `gatepost rules list`, `show`, `prove`, `lint`: clauses and packs on the terminal."""
