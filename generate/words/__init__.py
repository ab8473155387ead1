"""Words that several rooms need: names of animals, and plurals and articles of English."""
