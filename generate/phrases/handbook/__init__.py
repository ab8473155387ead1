"""What the dictionary, alphabet and grammar pages say."""
