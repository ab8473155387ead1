"""Make the cards' pictures with a trained model: work/pictures/."""

REVISION = 3  # raise it when the same model should draw other pictures
RULE = 2  # raise it when the rule of choice, or what cards ask for, changes
