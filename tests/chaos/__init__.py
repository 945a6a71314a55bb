"""`make chaos`: the whole portal under kill -9, on throw-away services. Not collected by pytest; see __main__."""
