"""How long the conductance matrix of a few standard devices takes, against the size and against other packages."""
