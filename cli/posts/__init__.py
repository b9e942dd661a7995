"""Behind `gatepost rules check`, `explain`, `score`: message files judged by a policy without any store."""
