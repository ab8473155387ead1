"""Messages with gaps, for the offline writer: what a beast might say of itself, home and weather.

One to a line: what the picture must hold (nothing, or any of a few words), the mood for the
voice, and a message in the notation of `message` whose ``{gaps}`` are filled from the picture
(hour, habitat, weather, colour, coat, feature, feeling) or from a table of concepts (kin, food,
thing, plant, sky, mind, land, quality).
"""

from __future__ import annotations

LINES = """
any | wistful | s=I v=miss o=my_{kin} at={hour}
any | joyful | s=I v=find.PST o=your_letter at={habitat}
any | statement | s={sky} v=borrow.PST o=my_{thing} at={hour}
any | question | s=who v=eat.PST o=my_{food} at={hour}
any | question | s=you v=hear.Q o=my_{mind} at={habitat}
any | statement | a=still s={weather} v=forget o=my_name
any | wistful | s=my_{kin} v=sleep at={habitat} like=stone
any | joyful | s=I v=wear o=my_{colour}_{feature} like=hat
any | alarm | v=give.IMP.NEG o={food} to={sky}
any | statement | s=every_{plant} v=have o=one_secret
any | joyful | v=bring.IMP o={food} to=we ; and a=slowly v=dance.IMP
any | question | a=why s={habitat} v=laugh.ITER at={hour}
any | question | a=where s={sky} v=sleep
any | wistful | s=I v=forget.PST o=my_{thing} at={habitat} ; so s=I v=return
any | statement | s=I p={coat} ; because s={sky} v=tickle.PST o=I
any | statement | s=I v=think ; that s={sky} p=ticklish
any | alarm | s=something v=lick.PST o=my_{feature} at={hour}
any | statement | s=my_{kin} v=believe ; that s=I p={plant}
any | wistful | s=nobody v=visit o={habitat} with=drum+
any | statement | s=I v=eat.PST o=your_{food} ; and s=I p=sorry.NEG
any | statement | s=I v=lick o=this_stamp ; because s=it p=delicious
any | joyful | s=three_{plant} v=follow.PST o=I to={habitat}
any | alarm | x=hush s=my_{thing} v=sleep like={kin}
any | question | s=you v=trust.Q o={weather}
any | wistful | s=my_{kin} v=smell o=rain from=hill
any | statement | a=often s=I v=lose o=my_{feature} at={weather}
any | joyful | x=splash s=my_{kin} v=fall.PST from={sky}
any | joyful | x=thump s={food} v=come.PST from={plant}
any | statement | x=rustle s=some_{plant} v=marry.PST o=my_{thing}
any | alarm | x=crunch s=who v=bite.PST o=my_{thing}
any | wistful | x=drip s={weather} v=count o=my_{coat}_{feature}
any | joyful | x=glimmer s=my_{feature} v=glow at={hour}
any | statement | v=visit.IMP o={habitat} ; because s=it p=my_{thing}
any | statement | s=my_{kin} p={colour} ; but s=my_secret p={coat}
any | joyful | s=I p={feeling} ; because s=you v=write.PST o=letter
any | wistful | s=I v=keep o=your_name at=my_{feature}
any | joyful | s={sky} v=wash.PST o=my_{feature} with=honey
any | statement | s=seven_secret v=exist at=my_{thing}
any | statement | s={plant}+ v=obey.NEG o=I ; so s=I v=whisper
any | alarm | v=wake_up.IMP ; because s={food} p=late
any | statement | s=I v=sell.PST o=my_shadow to=my_{kin}
any | question | s=who v=paint.PST o=my_{feature} with={food}
any | wistful | s=I v=wait.ITER at=door like={plant}
any | statement | s=my_{feature} p=long! ; but s=my_story p=thin
any | joyful | a=tonight s=we v=dance.FUT at={habitat}
any | joyful | a=gladly s=everyone v=greet.PST o=my_{feature}
any | statement | s=I v=swear ; that s=I v=bite.PST.NEG o={thing}
any | statement | s=my_{kin} v=suspect ; that s={sky} p=fruit
any | wistful | s=I v=hope ; that s=my_{thing} p=brave
any | joyful | s=I v=send o=one_{plant} to=you
any | joyful | s=your_{food} p=warm.OPT at={hour}
any | wistful | s=your_{kin} v=rest.OPT with={weather}
any | joyful | s=our_{thing} v=float.OPT to=island
any | statement | v=tickle.IMP.NEG o={sky} ; because s=it p=shy
any | alarm | v=open.IMP.NEG o=this_{thing} at={hour}
any | statement | v=ask.IMP o={plant} ; if s=your_{kin} v=snore
any | joyful | v=polish.IMP o=your_{thing} ; when s=guest+ v=come
any | alarm | v=behave.IMP ; because s={sky} v=see o=we
any | question | a=how s=stone+ v=yawn at={habitat}
any | question | s=you v=want.Q o={food} with=salt
any | question | a=why s=my_{feature} p={coat}
any | question | s={sky} p=busy.Q at={hour}
any | question | s=your_{kin} v=like.Q o={weather}
any | statement | a=politely s={land} v=hold o=my_foot+
any | wistful | a=almost s=I v=see.PST o=your_shadow at={habitat}
any | statement | s=my_{thing} p=important ; but s=I p=lost
any | alarm | a=always s={weather} v=come ; when s=I v=sneeze
any | joyful | a=together s={plant}+ v=hum.ITER with={weather}
any | statement | s=I v=climb.PST o={plant} ; and v=forget.PST o=my_plan
any | wistful | s={colour}_{plant} v=remember o=my_{kin}
any | statement | s=this_{food} v=grumble at=my_belly
any | wistful | s=my_{mind} p=wet ; until s=sun v=return
any | alarm | s=my_ladder p=short ; and s={sky} p=hungry
any | statement | s=some_{coat}_stranger v=lend.PST o={thing} to=I
any | joyful | a=gladly s=I v=carry.FUT o=your_{thing}
any | joyful | s=I v=make.PST o=hat from={plant}
any | statement | s=I v=hide.PST at={plant} ; but s=my_{feature} v=shine.PST
any | wistful | s=I v=hear o=your_{mind} at=every_shell
any | question | s=who v=guard o=our_{habitat} ; when s=we v=sleep
any | statement | s=no_{plant} v=laugh at={hour}
any | statement | s=my_shadow v=stay.PST ; but s=I v=go.PST
any | joyful | s=I v=taste.PST o={weather} ; and s=my_tongue p=sweet!
any | statement | s=my_{kin} v=steal.PST o=noon from={sky}
any | alarm | s={sky} v=fall.FUT ; if s=we v=snore
any | statement | s=everyone v=know o=my_joke ; but s=nobody v=laugh
any | wistful | a=here s=year+ p=small ; and s=night+ p=big!
any | joyful | s={hour} p=ripe ; so a=loudly s=I v=sing
any | wistful | s=I v=write.PST o={mind} to={sky}
any | joyful | x=behold s=my_{feature} p={quality}!
any | alarm | x=alas s={thing} v=swallow.PST o=my_{kin}
any | joyful | x=hello s=I p=your_{coat}_neighbour
any | statement | s={habitat} v=know o=what
any | wistful | x=farewell s=my_{thing} v=go to=sea
any | joyful | x=thanks s=your_{food} v=mend.PST o=my_heart
any | statement | s=three_{kin}+ v=live at=my_{feature}
any | statement | s=I v=bury.PST o={food} ; and s={land} p=jealous
any | question | s=what v=knock.ITER at=door
any | question | s=you v=see.PST.Q o=some_{coat}_{thing}
any | alarm | a=today s=many_{plant} v=want o=my_{thing}
any | statement | s=my_{kin} v=mend.PST o={habitat} with={food}
any | joyful | s=I v=admire o=your_{quality}_{feature}
any | wistful | s=I v=call o=my_{kin} ; but s={weather} v=come
any | statement | s=I p={feeling} at={hour} like={plant}
any | joyful | v=visit.IMP o=I at={habitat} with=cake
any | joyful | s=this_day p=my_birthday ; and s=I p={feeling}
night | statement | a=tonight s=moon v=lick.PST o=my_{feature}
night | alarm | s=star+ v=fall.ITER at=my_soup
night | wistful | a=slowly s=moon v=read o=my_letter+
starry | joyful | s=I v=see o=two_moon at={land}
night | question | s=who v=open.PST o=night with=my_{thing}
dawn | joyful | s=sun v=sneeze.PST ; and s=forest v=wake_up.PST
dawn | statement | s=dew v=count.PST o=my_{feature} at=dawn
dawn | wistful | s=my_dream v=stay.PST at=blanket
dawn | question | s=you v=bring.PST.Q o=breakfast to=I
dusk | wistful | s=sun v=carry o=its_lamp to=home
dusk | wistful | s=my_shadow p=long! at=dusk
dusk | statement | s=day v=leave.PST o=its_hat at={habitat}
dusk | joyful | s=supper v=sing at=my_belly
day | joyful | s=sun v=sit.PST at=my_back
day | statement | s=noon p=warm! ; so s=I v=wear o=leaf
day | statement | s=light v=paint o=my_{colour}_{feature}
river,water | statement | s=river v=tell.PST o=my_secret to=everyone
river,water | question | a=where s=river v=go ; when s=it p=sleepy
rain | wistful | s=rain v=write.PST o=letter+ at=my_back
rain | joyful | s=every_puddle v=know o=my_{feature}
mist | alarm | s=mist v=swallow.PST o=my_foot+
mist | statement | s=I v=wear o=mist like=blanket
petal | joyful | s=petal+ v=tickle.PST o=my_nose
cave | alarm | s=cave v=yawn ; and s=it p=hungry!
cave | statement | s=my_joke v=return from=cave
waterfall | statement | s=waterfall v=listen.NEG ; so s=I v=grumble
swamp | joyful | s=mud v=love o=my_foot+
ruin | wistful | s=old_door v=remember o=my_name at=ruin
tent | alarm | s=tent v=snore at=night
branch | joyful | s=my_branch v=dance ; when s=wind v=hum
meadow | joyful | a=today s=every_flower v=invite.PST o=I
wing | joyful | s=my_wing+ v=tickle.PST o={sky}
wing | statement | s=I v=borrow.PST o=my_wing+ from={plant}
shell | statement | s=my_home p=small ; but s=it v=follow o=I
leg | statement | s=my_foot+ v=go ; and s=I v=follow o=they
fin | wistful | s=my_fin+ v=remember o=sea
calm | statement | s=I v=sit ; until s={plant} v=trust o=I
sleepy | wistful | s=I v=sleep ; so s={land} v=sleep
sleepy | question | s=who v=wake_up.FUT ; if s=I v=snore
grumpy | alarm | s=I v=grumble ; because s={sky} v=hum.ITER
grumpy | statement | s=nobody v=admire.PST o=my_{feature}
merry | joyful | s=I v=laugh ; and s=every_{plant} v=laugh
merry | joyful | s=my_belly v=dance.ITER with={sky}
"""
