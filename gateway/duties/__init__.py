"""What is due: `deliver`, `notify`, `expire`, `purge`, by `rounds`. A crash loses none."""
