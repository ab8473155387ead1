"""What the site knows of each card: texts, media, stamp, search data and nearest other cards."""
