"""The estate of a made-up company for machine learning, with waste planted in it."""
