"""What a visitor's browser needs to draw a beast: graph, weights, solver steps, noise, words."""
