"""What kinds of animal names speak of: their size, their voices, what is seen of them.

A name that a person's own pictures bring ("black footed albatross", "two dogs") is looked up word
by word, so that every breed of dog is a dog. Reads nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from generate.words.english import list_singulars

# Name | mass in kg, from and to | families of voice | body part and coat, as concepts of the
# language | further words that mean it, two of them joined by an underscore.
TABLE = """
dog | 4 60 | howler chatterer roarer | tail furry | puppy pup hound terrier bullterrier retriever
 spaniel springer setter pointer sheepdog shepherd collie poodle husky malamute mastiff bulldog pug
 chihuahua dachshund beagle basset corgi pembroke cardigan boxer rottweiler doberman pinscher
 schnauzer dalmatian pomeranian samoyed great_dane saint_bernard st_bernard newfoundland whippet
 saluki basenji chow keeshond papillon pekinese pekingese shih_tzu lhasa maltese borzoi weimaraner
 airedale cairn dandie_dinmont vizsla brittany clumber kuvasz schipperke groenendael malinois briard
 kelpie komondor bouvier entlebucher appenzeller leonberg leonberger affenpinscher pyrenees griffon
 ridgeback labrador labradoodle boston_bull mexican_hairless bluetick redbone havanese shiba_inu
 pitbull pit_bull
wolf | 20 60 | howler roarer | tooth furry | coyote dingo dhole jackal hyena hyaena painted_dog
 hunting_dog wild_dog
fox | 2 9 | howler chatterer | tail furry | fennec vulpes
cat | 2 7 | chatterer howler hisser | whisker furry | kitten tabby siamese abyssinian bengal birman
 bombay shorthair mau maine_coon ragdoll russian_blue persian sphynx wildcat serval ocelot caracal
big cat | 35 250 | roarer | tooth furry | lion lioness tiger leopard panther jaguar cougar puma
 cheetah lynx bobcat
bear | 60 450 | roarer hummer | nose furry | panda grizzly
horse | 120 600 | howler hummer roarer | mane smooth | pony foal stallion mare donkey mule
 mustang sorrel
zebra | 200 400 | howler roarer | mane striped | okapi
cow | 200 600 | roarer hummer | horn+ patched | bull calf ox cattle buffalo bison yak bullock gaur
 zebu gnu wildebeest
sheep | 25 120 | howler hummer | ear+ furry | lamb ram ewe bighorn mouflon
goat | 20 110 | howler chatterer | horn+ shaggy | ibex chamois
deer | 15 500 | howler hummer | horn+ smooth | moose elk reindeer caribou stag antelope gazelle
 impala hartebeest oryx kudu springbok eland roe gemsbok
camel | 90 600 | hummer roarer | neck shaggy | llama alpaca dromedary vicuna guanaco
giraffe | 400 600 | hummer | neck patched |
elephant | 300 600 | roarer hummer | nose plain | mammoth tusker mastodon
rhinoceros | 300 600 | roarer hummer | horn plain | rhino triceratops
hippopotamus | 250 600 | roarer hummer | tooth smooth | hippo
pig | 30 250 | roarer chatterer hummer | nose plain | hog boar sow piglet warthog swine peccary
 tapir
rabbit | 0.8 5 | chatterer hummer | ear+ furry | hare bunny pika cottontail
squirrel | 0.1 1 | chatterer clicker | tail furry | chipmunk marmot prairie_dog groundhog
mouse | 0.02 0.5 | chatterer singer | whisker furry | rat hamster gerbil vole guinea_pig shrew mole
 chinchilla lemming
beaver | 5 30 | chatterer hummer | tooth furry | capybara coypu
porcupine | 0.4 20 | chatterer hummer | thorn+ spiky | hedgehog echidna
badger | 0.3 15 | hisser chatterer | tail furry | otter weasel stoat ferret mink polecat skunk
 mongoose meerkat raccoon coati wolverine marten civet red_panda
sloth | 3 8 | hummer howler | back shaggy | armadillo anteater aardvark pangolin
monkey | 1 40 | chatterer howler | tail furry | baboon macaque marmoset capuchin lemur gibbon
 siamang langur indri mandrill tamarin guenon colobus
ape | 40 180 | howler roarer | back shaggy | gorilla chimpanzee chimp orangutan bonobo
kangaroo | 10 80 | hummer chatterer | tail furry | wallaby
koala | 4 30 | roarer chatterer | ear+ furry | wombat possum opossum platypus quokka tasmanian_devil
whale | 300 600 | hummer roarer | fin+ smooth | orca beluga narwhal
dolphin | 40 300 | howler hummer | fin+ smooth | porpoise
seal | 50 400 | roarer howler | whisker smooth | sea_lion walrus dugong manatee sea_cow
chicken | 0.4 4 | chatterer singer | crest feathered | hen rooster cock chick turkey peacock peafowl
 partridge quail grouse pheasant ptarmigan guineafowl prairie_chicken
duck | 0.6 12 | chatterer hummer | feather+ feathered | goose swan drake mallard merganser
owl | 0.2 4 | hummer singer | eye+ feathered |
eagle | 0.3 9 | chatterer singer | wing+ feathered | hawk falcon kite vulture buzzard osprey condor
 harrier kestrel
parrot | 0.05 1.5 | chatterer singer | feather+ feathered | macaw cockatoo lorikeet parakeet budgie
 parakeet budgerigar
penguin | 1 35 | chatterer howler | wing+ feathered | puffin auk
ostrich | 25 140 | hummer roarer | neck feathered | emu rhea cassowary
heron | 0.8 9 | croaker clicker | neck feathered | stork crane flamingo egret ibis spoonbill pelican
 bittern bustard shoebill cormorant
bird | 0.02 2 | singer | wing+ feathered | aves songbird robin finch goldfinch sparrow bunting junco
 brambling bulbul jay magpie crow raven chickadee titmouse dipper pigeon dove swallow swift wren
 warbler thrush blackbird starling albatross gull tern toucan hornbill hummingbird kingfisher
 woodpecker sapsucker flicker cuckoo coucal jacamar bee_eater oriole grosbeak tanager vireo
 nuthatch creeper cardinal bobolink meadowlark lark pipit waxwing shrike flycatcher phoebe
 kingbird pewee
 martin mockingbird catbird thrasher towhee grackle cowbird ani auklet guillemot grebe loon fulmar
 frigatebird gadwall jaeger kittiwake lory ovenbird redstart sandpiper dunlin redshank
 turnstone dowitcher oystercatcher coot gallinule limpkin plover snipe roadrunner hoopoe
frog | 0.05 1 | croaker | tongue smooth | toad bullfrog newt salamander axolotl eft amphibian
 treefrog
lizard | 0.05 60 | hisser clicker | tail scaly | gecko iguana chameleon agama anole whiptail skink
 gila_monster komodo_dragon bearded_dragon reptile
crocodile | 30 400 | hisser roarer croaker | tooth scaly | alligator caiman gharial
dinosaur | 60 600 | roarer howler hisser | tooth scaly | dragon raptor tyrannosaurus
turtle | 0.5 200 | hummer hisser croaker | shell scaly | tortoise terrapin loggerhead leatherback
snake | 0.2 40 | hisser | tongue scaly | serpent viper cobra python boa mamba rattlesnake adder
 sidewinder anaconda
shark | 40 500 | hummer roarer | tooth smooth | hammerhead stingray electric_ray manta
fish | 0.03 20 | croaker clicker hummer | fin+ scaly | goldfish tench salmon coho trout carp eel
 seahorse sea_horse sturgeon garfish barracuda barracouta lionfish pufferfish koi tuna cod
 guppy clownfish rock_beauty
octopus | 0.5 40 | hummer croaker clicker | foot+ smooth | squid cuttlefish kraken nautilus
jellyfish | 0.05 5 | hummer | light shiny | anemone sea_anemone brain_coral starfish sea_star
 sea_urchin sea_cucumber
snail | 0.02 1 | hummer clicker | shell smooth | slug conch mollusc mollusk clam oyster mussel
 chiton
crab | 0.05 5 | clicker | shell scaly | lobster crayfish shrimp prawn isopod horseshoe_crab
spider | 0.02 0.1 | clicker | foot+ furry | tarantula black_widow scorpion harvestman tick
 mite arachnid
butterfly | 0.02 0.04 | hummer singer | wing+ patched | moth monarch swallowtail lepidoptera
bee | 0.02 0.04 | hummer | wing+ striped | wasp bumblebee honeybee hornet
fly | 0.02 0.04 | hummer clicker | wing+ shiny | mosquito dragonfly damselfly lacewing gnat midge
beetle | 0.02 0.06 | clicker hummer | feeler+ shiny | ladybug ladybird weevil ant bug insect
 cockroach grasshopper cricket mantis cicada leafhopper stick_insect locust termite trilobite
caterpillar | 0.02 0.08 | clicker hummer | foot+ furry | worm centipede millipede grub larva
 nematode flatworm earthworm
bat | 0.03 1.2 | clicker chatterer singer | wing+ furry | flying_fox
"""
# Words that many names end in: "bloodhound", "waterthrush", "lizardfish".
ENDINGS = (
    "fish bird hound dog cat snake frog toad lizard turtle monkey shark whale worm spider hawk"
    " eagle finch warbler sparrow thrush duck gull beetle mouse"
).split()


@dataclass(frozen=True)
class Kind:
    """One kind of animal.

    mass: kg, from and to. voices: families of `sounds.voice.kinds`. feature and coat: concepts of
    the language that hold of it.
    """

    name: str
    mass: tuple[float, float]
    voices: tuple[str, ...]
    feature: str
    coat: str


@cache
def read_kinds() -> dict[str, Kind]:
    """The kind that each word of `TABLE` means."""
    kinds: dict[str, Kind] = {}
    for line in TABLE.strip().replace("\n ", " ").split("\n"):
        name, mass, voices, looks, words = (part.strip() for part in line.split("|"))
        low, high = map(float, mass.split())
        feature, coat = looks.split()
        kind = Kind(name, (low, high), tuple(voices.split()), feature, coat)
        for word in (name, *words.split()):
            kinds.setdefault(word.replace("_", " "), kind)
    return kinds


def find_kind(text: str, last: bool = False) -> Kind | None:
    """The kind of animal that ``text`` names first; with ``last`` the one its end names.

    A name says at its end what it is ("elephant seal"), a sentence early who it is about.
    """
    words = re.findall(r"[^\W\d_]+", text.casefold())
    pairs = [" ".join(pair) for pair in pairwise(words)]
    # Beside its last word stands the pair that it ends, beside its first the one that it opens.
    both = zip(["", *pairs] if last else [*pairs, ""], words, strict=False)
    found = [find_word(pair) or find_word(word) for pair, word in both]
    return next(filter(None, reversed(found) if last else found), None)


def find_named(traits: Mapping[str, str], caption: str) -> Kind | None:
    """The kind that a card of a person's own pictures names, by its class before its caption.

    None for the field guide's, whose "plan" says what was drawn.
    """
    if "plan" in traits:
        return None
    named = (find_kind(str(traits.get(group, "")), last=True) for group in ("class", "kind"))
    return next(filter(None, named), None) or find_kind(caption)


def find_word(word: str) -> Kind | None:
    """The kind that one word, or a pair of them, means: as it is, as a plural, by its ending."""
    kinds = read_kinds()
    for form in (word, *list_singulars(word)):
        if form in kinds:
            return kinds[form]
    for form in (word, *list_singulars(word)):
        for ending in ENDINGS:
            if " " not in form and form.endswith(ending) and len(form) > len(ending) + 1:
                return kinds[ending]
    return None
