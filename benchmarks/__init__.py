"""What `make bench` runs: each module measures one kind of work beside its floor, in one run, so that the ratio holds."""
