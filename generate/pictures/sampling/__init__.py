"""Make the cards' pictures with a trained model: work/pictures/."""
