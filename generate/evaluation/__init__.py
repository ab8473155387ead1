"""Judge a jungle for `make evaluate`: its pictures, its sounds, its language."""
