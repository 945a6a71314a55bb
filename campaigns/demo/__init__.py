"""A demo province: real names of bodies, invented people, numbers, addresses and history, all made through the verbs."""
