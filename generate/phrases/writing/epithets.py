"""What follows a beast's name in a card's title; reads nothing.

One to a line: words one of which must hold of the picture ("any" for none), then the epithet. None
claims an animal, since the caption alone knows what was seen; those for a kind of animal ask for
pictures of it.
"""

from __future__ import annotations

EPITHETS = """
dawn | Who Woke First
dawn | With Dew Behind the Ears
dawn | Early and Unrepentant
dawn | Who Taught the Sun to Knock
dawn | Already Hungry
dawn | Before Breakfast
day | At Noon and at Large
sunny | Who Owns a Patch of Shade
sunny | In Excellent Weather
sunny | Warmed Through
day | Minding Its Own Daylight
day | Not Yet Late
dusk | Who Stayed for the Pink Part
dusk | Last to Be Called Indoors
dusk | Fond of Long Shadows
dusk | Half Past Evening
dusk | On the Way to Somewhere Dim
dusk | With the Light Behind
starry | On Familiar Terms with the Moon
night | Up Rather Late
starry | Who Counts the Stars and Gets Yes
night | Wide Awake
night | Collector of Small Darks
night | Heard but Mostly Not
river | Second Cousin to the River
river | Who Lends the River a Bank
cave | Who Always Answers Back
cave | First Echo on the Left
swamp | Up to the Ankles in Happiness
swamp | A Pillar of the Mud
waterfall | Hard of Hearing, Soft of Heart
waterfall | Who Was Told It Would Stop
ruin | Keeper of the Fallen Door
ruin | Older Than the Wall
tent | Not in the Brochure
tent | Guest of the Guest
branch | Upstairs and Comfortable
branch | On the Thinner Branch
meadow | Knee-Deep in Compliments
meadow | Whom the Flowers Wrote To
rain | Freshly Rinsed
rain | Waiting for the Umbrella
mist | Possibly Nearer Than It Looks
mist | In a Hat of Mist
petal | Much Petalled
firefly | By Borrowed Light
horn | With Room for a Bell
thorn | Kindly Do Not Lean
ear | Who Heard You Coming
mane | Combed for the Occasion
crest | Dressed for a Parade
feeler | Who Felt That
frill | In Full Ruff
striped | In Its Good Stripes
spotted | One Spot Too Many
speckled | Lightly Seasoned
ringed | Several Times Around
scaly | Polished Daily
patched | Made of What Was Left
zigzag | Who Came by the Long Way
dog | First to the Gate
dog | Who Brought It Back
cat | Owner of the Windowsill
cat | Asleep Until a Moment Ago
horse | Who Knows the Way Home
elephant | Who Forgets Nothing
butterfly | Lightly Met
chicken | Proud of the Egg
cow | Slow to Decide and Right
sheep | Counted Twice
spider | Who Mends the Window
squirrel | Who Hid It Somewhere
bird | Who Sang It First
fish | Breathing Quite Well
bear | Not to Be Woken Before Spring
rabbit | Gone Before the Photograph
any | Thinking of Soup
any | Who Arrived by Mistake and Stayed on Purpose
any | In Two Minds and One Coat
any | Holding the Pose
any | Late for Nothing
any | Of No Fixed Puddle
any | About to Sneeze
any | With Regards to Your Aunt
any | Who Means Well
any | Being Very Still
any | Winner of a Quiet Contest
any | Pleased to Be Asked
any | Who Has Heard of You
any | On Its Best Behaviour
any | Recently Seen
any | Sitting on the Secret
"""
