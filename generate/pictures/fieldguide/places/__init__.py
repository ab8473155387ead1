"""Where the animals of the field guide stand: sky, weather, plants, ground."""
