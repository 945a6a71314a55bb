"""What talking to an outside platform needs, whichever it is: one request, what its answer means, tokens that rotate."""
