"""English as captions need it: "a" or "an" by the sound that follows, singulars of plurals."""

import re

# Spelt with a vowel and said with a consonant ("a unicorn", "a ewe", "a one-horned rhino").
SAID_WITH_CONSONANT = re.compile(
    r"uni(?![dmn])|u-|u[rst][aeiou]|ukr|uga|uakari|unau|eu|ewe|onc?e\b|ouistiti"
)
# Spelt with a consonant and said with a vowel ("an hourglass dolphin", "an x-ray fish").
SAID_WITH_VOWEL = re.compile(r"hour|heir|honest|honou?r\b|[fhlmnrsx]-|x ray|x\d|8|1[18]\b")
VOWELS = tuple("aeiouáàâäåæéèêëíîïóôöøœúû")
# Words of many that no single one is called by; they take no article.
MANY = ("cattle", "people", "poultry", "livestock", "wildlife", "vermin")
IRREGULAR = {
    "mice": "mouse",
    "lice": "louse",
    "geese": "goose",
    "oxen": "ox",
    "calves": "calf",
    "wolves": "wolf",
    "hooves": "hoof",
    "elves": "elf",
    "children": "child",
    "people": "person",
    "feet": "foot",
    "teeth": "tooth",
}


def add_article(name: str) -> str:
    """``name`` after "a" or "an", as it is said; after nothing where it is a word of many."""
    if name.casefold().endswith(MANY):
        return name
    return f"{choose_article(name)} {name}"


def choose_article(words: str) -> str:
    """ "a" or "an" before ``words``."""
    said = words.casefold()
    vowel = said.startswith(VOWELS) and not SAID_WITH_CONSONANT.match(said)
    return "an" if vowel or SAID_WITH_VOWEL.match(said) else "a"


def list_singulars(word: str) -> list[str]:
    """What the singular of ``word`` may be, if it is a plural; the likeliest first."""
    found = [word[: -len(many)] + one for many, one in IRREGULAR.items() if word.endswith(many)]
    if word.endswith("ies") and len(word) > 4:
        found.append(word[:-3] + "y")
    if word.endswith("ves"):
        found += [word[:-3] + "f", word[:-1]]
    if word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        found.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        found.append(word[:-1])
    if word.endswith("ae"):
        found.append(word[:-1])
    if word.endswith("i") and len(word) > 4:
        found += [word[:-1] + "us", word[:-1] + "os"]
    return found
