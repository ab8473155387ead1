"""The names of voices and of feelings, for whoever asks for a voice and for what speaks with it."""

# Kinds of voice; `generate.sounds.voice.kinds` says how each sounds.
FAMILIES = ("roarer", "howler", "chatterer", "singer", "croaker", "clicker", "hummer", "hisser")

# Words of feeling, in groups that change a voice alike.
CALM = ("calm", "gentle", "peaceful", "soft", "content", "dreamy", "tender", "warm")
SLEEPY = ("sleepy", "tired", "weary", "drowsy", "lazy")
SAD = ("sad", "lonely", "lost", "wistful", "melancholy", "homesick", "longing", "dark")
HAPPY = ("happy", "merry", "joyful", "glad", "playful", "bright", "cheerful", "excited")
PROUD = ("proud", "brave", "strong", "bold", "grand", "stern")
ANGRY = ("angry", "fierce", "cross", "grumpy", "warning", "alarm")
SHY = ("shy", "afraid", "scared", "fearful", "nervous", "timid")
CURIOUS = ("curious", "asking", "question", "puzzled", "wondering", "surprised", "strange")
HUNGRY = ("hungry", "greedy", "busy", "eager", "impatient")
FEELINGS = (CALM, SLEEPY, SAD, HAPPY, PROUD, ANGRY, SHY, CURIOUS, HUNGRY)
