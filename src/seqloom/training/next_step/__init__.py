"""Training of next-step predictors: text and strokes."""
