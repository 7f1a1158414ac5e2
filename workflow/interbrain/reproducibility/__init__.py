"""What a result depends on: the code that made it, its seeds, its inputs and versions."""
