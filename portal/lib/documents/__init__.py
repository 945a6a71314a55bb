"""One Table, many papers: the writers know paper, not agencies."""
