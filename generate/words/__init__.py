"""Words that several rooms need: names of animals and voices, plurals and articles of English."""
