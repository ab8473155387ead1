"""What stands on a card's back: lines of English with gaps, in three kinds; reads nothing.

One to a line: words one of which must hold (of the picture, or concepts of the phrase; "any" for
none), then Markdown. Gaps: name, place, language, word (one of the phrase's), sense and a_sense
(what it means, and the same with its article).
"""

from __future__ import annotations

OPENERS = """
dawn | It is so early here that the ferns are still folded.
dawn | I am writing this at dawn, which I started myself, by yawning.
dawn | Up before the sun again; somebody has to tell it which hill.
dawn | The morning came in on tiptoe and knocked over everything.
dawn | Today was delivered damp, but otherwise in good order.
dawn | First light, first breakfast, first regret: all before six.
dawn | The dew has been round already and left its card on every leaf.
dawn | You would like it at this hour, when nobody has opinions yet.
sunny | Broad day here, and I have spent it being admired by a log.
sunny | It is noon, more or less; the shade and I have reached an understanding.
sunny | Such a bright day that even my shadow is wearing a hat.
sunny | The sun and I have been staring at each other, and I believe it blinked.
day | A fine afternoon, large and mostly unused.
sunny | So much daylight! I have put some aside for you.
day | The day came in sideways and has taken the good chair.
day | Nobody is asleep but the moss, and the moss is only resting its eyes.
day | I had a whole day given to me and have nearly worked out which end opens.
day | Lunch is over and nobody can find the beginning of the afternoon.
day | Nothing happened all day, and it happened beautifully.
sunny | We are having weather of the yellow kind.
dusk | The sky went pink about an hour ago and nobody has apologised.
dusk | Dusk again, my best side.
dusk | The day is being put away, one leaf at a time.
dusk | I meant to write sooner, but the evening kept getting prettier.
dusk | The light has gone the colour of tea and everyone is speaking softly.
dusk | It is the hour when stones turn out to have been somebody.
dusk | The sun has gone down to see a friend.
dusk | Evening here, with all the trimmings.
night | It is dark, so please excuse the handwriting and the other thing.
starry | The moon is holding the lamp while I write this.
night | Nobody sleeps here at night; we just take turns being quiet.
night | Midnight, and the jungle is rehearsing.
starry | Somebody has left all the stars on again.
night | I can see your house from here, if your house is a small light that blinks.
night | Everything with a secret is awake, so it is rather crowded.
night | The dark is very well kept in these parts.
river | The river sends its love, and some of its mud.
river | I live by the river now; it never once repeats itself, unlike my aunt.
river | The river has been talking since Tuesday.
cave | The cave is roomy and agrees with everything I say, twice.
cave | I have taken a cave: north-facing, one previous owner, some humming.
swamp | The swamp is lovely, if you lean into it.
swamp | My feet went into the swamp ahead of me and report favourably.
waterfall | There is a waterfall here, so forgive me if I am SHOUTING.
waterfall | The waterfall is still falling; we have all stopped warning it.
ruin | I am staying in a ruin, which is a house that has relaxed.
ruin | The ruins are full of doors that lead outdoors.
tent | Somebody left a tent here and I am minding it, from the inside.
tent | Camp life suits me: I have learned to fear nothing but the zip.
branch | I have a room with a view, or at any rate a branch.
branch | It is breezy up here, and the whole house nods when you speak to it.
meadow | The clearing is clear, as advertised.
meadow | I sat down in the flowers this morning and have been promoted to hill.
rain | It is raining, so I have washed.
rain | The rain came to stay and has brought its whole family.
mist | There is a mist about; I posted this to where I think the box is.
mist | The mist has eaten the far bank and is starting on the near one.
petal | It is raining petals, and I have stopped brushing them off: I have a reputation now.
petal | Petals all day; the trees are writing to everyone but me.
firefly | Small lights keep asking me the way, so I keep inventing one.
any | Dear you: I am well, or so I have been told by a passing cloud.
any | Wish you were here, or failing that, a sandwich.
any | Greetings from {place}, where the chairs are moss and the moss knows it.
any | You asked for news, so I waited here until there was some.
any | I have arrived in {place}, and {place} has been very brave about it.
any | They told me a card should say how one is: one is large, and content.
any | Thank you for your letter, which was delicious.
any | All is well in {place}, though the moss has been promoted above me.
"""

MIDDLES = """
horn | My horns have grown again, and the wind now goes round me.
horn | I hang things on my horns and forget; today I found a spoon, two leaves and Thursday.
antler | My antlers were mistaken for a tree, and I did not like to say.
crest | My crest goes up when I think, so I have been told to think outdoors.
crest | I combed my crest for you, and it has taken against the wind.
mane | My mane has moss in it, or else the moss has me.
mane | I have been asked to lend out my mane as a hedge.
feeler | My feelers say hello; they say it to everybody, it is a difficulty.
feeler | With my feelers I can taste a rumour two hills off.
thorn | Nobody has hugged me since spring, on account of the spines, but several have considered it.
thorn | My spines are useful for letters: I file everything under *ouch*.
ear | With ears like mine one hears the grass making plans.
ear | My ears caught the wind and I was briefly in the next valley.
frill | I wore my frill to dinner and there was no room left for the dinner.
frill | My frill opens by itself at weddings.
striped | I counted my stripes and one is missing; please look under your bed.
striped | Somebody leaned on me and now they are striped too.
spotted | I have one spot more than last year, for good behaviour.
spotted | A child joined up my spots and it turned out to be a map of the way home.
rosetted | My rosettes are not prizes, but I no longer correct people.
patched | My patches do not match; I dressed in a hurry, being born.
ringed | My rings are real, though I have never been married.
speckled | The freckles are from standing under a very small sun.
speckled | I was plain once; then I sneezed near some paint, and here we are.
zigzag | My zigzags make it hard to sit straight.
scaly | I polish a scale a day and have now lost count, and a scale.
pale | I keep my pale side down, so that the grass has something to look at.
shaded | I fade towards one end, like a good story.
plain | I have no pattern, which saves a great deal of time.
red | I blushed once and it stayed, so now I am red all week.
orange | The fruit here are my colour and keep confiding in me.
gold | Being gold, I am often thanked for the sunrise.
green | Being green, I have won every game of hide and seek and would like to be found now.
teal | They could not decide whether I was blue or green, so they had lunch, and I am teal.
blue | I am so blue that a cloud sat on me this morning, out of habit.
violet | It takes a great deal of beetroot to stay this violet.
pink | I did not choose pink; pink was holding the door.
white | I am white, and therefore always just about to be muddy.
brown | I am the brown of a good loaf, and twice as warm.
hat | As for the hat, it left on its own and I wish it every success.
soup | The soup here is mostly an opinion.
moon | The moon and I are on first-name terms, though it has not told me mine.
sun | The sun is perfectly nice once you get past the brightness.
mother | My mother says you should wear something warm, even if it is only a friend.
aunt | My aunt has taken up the drum, and we have taken up walking.
uncle | My uncle is fine; he has simply become more of a hill.
father | My father has said a word. We are all very excited.
grandmother | My grandmother can still outstare a pond.
cousin | My cousin sends regards, and has sat on them to keep them warm.
brother | My brother claims he taught the echo everything it knows.
sister | My sister has learnt to whistle through both noses; one is borrowed.
neighbour,friend | The neighbours are quiet people, being mostly ferns.
letter,stamp | If the corner is missing, I was hungry and it was a long way to the post.
honey,cake,berry,nut,fruit,mushroom | The food is excellent if you are quicker than it is.
breakfast,supper | We dine when the drum falls over.
song | I have written a song about it, but it only has the one note, and I am saving that.
joke | I would tell you the joke, but it needs a swamp.
secret | I would say more, but the reeds are reading over my shoulder.
dream | I had the dream with the stairs again; it turns out they were somebody.
drum,bell | Everybody here plays something, and nobody plays it at the same time.
boat | The boat is not so much a boat as an agreement among sticks.
mirror | I met a very handsome stranger in a puddle and we looked at each other for an hour.
blanket | I share my blanket with a mist of about my age.
door | We have a door now; next year, if all goes well, a wall.
ladder | The ladder goes up quite a way and then thinks better of it.
shadow | My shadow has been getting out in the evenings and comes home thin.
rain,puddle | Between showers we practise being dry.
wind,storm,cloud | The wind took my hat, my list, and my side in an argument.
star | I have counted the stars twice and got *yes* both times.
fern,moss,reed,vine,root | The plants and I have a rule: whoever moves first, waters.
tree,leaf,flower,branch | A tree has been following me; very slowly, but I am no fool.
stone,hill,mud,sand | Do not believe the stones, who exaggerate.
any | I have been practising standing still, and a family of moss has moved in.
any | They are naming a puddle after me, a small one, but deep.
any | I am told I snore in two languages.
any | I have learnt to wave, and now cannot find the end of it.
any | Yesterday I was mistaken for weather.
any | I met someone who had never seen me before, and we were both very good about it.
any | I have taken up silence and am thinking of going professional.
any | There was a small argument with a log, which I am winning.
"""

CLOSERS = """
any | Here *{word}* means “{sense}”; I say it to the trees, to see which of them turn round.
any | Practise saying *{word}*, which means “{sense}”, and you will never starve.
any | If you get lost, shout *{word}*: it only means “{sense}”, but people come.
any | P.S. In {language} there is one word for “{sense}”, *{word}*, and nine ways to sigh it.
any | I taught the echo to say *{word}*, and now it wants {a_sense} too.
any | My favourite word this week is *{word}*, “{sense}”; you may borrow it.
any | P.S. The word *{word}* means “{sense}”. I put it in so that you would have one to keep.
any | Say *{word}* slowly, for “{sense}”, and something will come to the window.
any | You will need exactly one word here, and it is *{word}*: “{sense}”.
any | Tell them at home that *{word}* means “{sense}”, and that I said so first.
any | I cannot spell it, but *{word}* is how one says “{sense}” with a full mouth.
any | Remember *{word}*, for “{sense}”; there will be questions.
any | Come soon; bring a spoon.
any | Write back, or lean out of a window, I shall know.
any | I must stop now, as the ink is walking off.
any | Yours, with all my feet.
any | Kiss the kettle for me.
any | Please send socks, or the idea of socks.
any | More when there is more of me.
any | Love to everyone who fits through the door.
any | I remain, mostly, *{name}*.
any | Keep a chair for me, the wide one.
any | Do not worry; it is only the jungle, and it started it.
any | That is all the news that would hold still.
any | If this arrives before I sent it, say nothing.
any | Your friend by moonlight and most Wednesdays, *{name}*.
any | Somebody is calling me; I think it is dinner, or the dinner.
any | Turn me over: I look my best from the front.
any | P.S. The stamp is not to be trusted.
any | P.S. Ignore the footprints, they are not all mine.
any | P.S. I have enclosed some silence; handle it gently.
any | Think of me when you see a puddle.
any | I shall visit in spring, so kindly move the piano.
any | Remember me to the stairs.
any | Until then I shall be here, being looked at.
any | With the warmest of noses, *{name}*.
any | No need to reply, but do hum.
any | P.S. Hold this card to your ear, then look as if you heard it.
any | Mind the moss, and yourself.
any | I have to go and be enormous somewhere.
any | Give my love to the horizon, if it comes any nearer.
any | If found, please return me to the hammock.
any | Ever your own bit of undergrowth, *{name}*.
any | Leave the window open by about one of me.
any | I have kissed the back of this card; that was the bump.
any | P.S. Tell the rain I am at home.
any | P.S. The spelling is my own, and it answers to its name.
any | Must dash; it is my turn to be the landmark.
any | Forgive the haste, there is moss waiting.
any | I close now, like a flower, or a lid.
any | Yours until the puddles dry, *{name}*.
any | P.S. I had the postman sit down; it seemed kind.
any | All my regards, and two of somebody else's.
any | There is more, but it is growing on me.
any | Look up now and then; I might be passing.
any | P.S. Nothing bit me. I mention it because it was close.
any | So, that is where I am; where are you?
any | Sing it back to me when you have the tune.
any | With love and a certain amount of pollen, *{name}*.
"""
