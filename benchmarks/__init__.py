"""Side-by-side measurements, never tests: what a refresh and a view cost, against the bare work underneath."""
