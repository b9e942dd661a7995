"""Files that people write: strict YAML that knows its lines, and complaints that say what to mend."""
