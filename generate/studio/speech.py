"""Words while one types them, and a voice while one turns it: what they mean, how it sounds."""

import asyncio
import io
from typing import Any

import soundfile
from pydantic import BaseModel, ConfigDict, Field

from generate.errors import Refusal
from generate.hand.find import find_card
from generate.phrases.by_hand import describe_phrase, list_unknown_words
from generate.phrases.language.file import FILE, make_or_read_language
from generate.phrases.language.language import UNKNOWN, Language
from generate.phrases.writing.choosing import Memory
from generate.phrases.writing.offline import Brief, write_offline
from generate.pictures.data.vocabulary import WORD
from generate.plan import read_bundles
from generate.recipe import derive_seed
from generate.settings import Settings
from generate.sounds.brief import brief_sound
from generate.sounds.mastering.mastering import master
from generate.sounds.stage import speak_call
from generate.studio.verb import Verb
from generate.wishes.voice import VoiceWish

LONGEST, LONGEST_MESSAGE = 300, 5000
# Words of one message that are answered.
MOST = 12


# The language as it was last read, under what decides it.
READ: dict[Any, Language] = {}


class Said(BaseModel):
    """A text that may be a phrase."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=LONGEST)


class Message(BaseModel):
    """A text in any tongue, such as a card's message or its title."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=LONGEST_MESSAGE)


class Again(BaseModel):
    """Another phrase for a card; each ``turn`` is another one."""

    model_config = ConfigDict(extra="forbid")
    slug: str
    turn: int = Field(ge=1, le=10_000, strict=True)


class Heard(BaseModel):
    """A phrase of a card, in a voice; what is left out is the card's own."""

    model_config = ConfigDict(extra="forbid")
    slug: str
    text: str = Field("", max_length=LONGEST)
    voice: VoiceWish | None = None


class Tell(Verb):
    """What a phrase means: its gloss, its translation, words that the language lacks with words
    near them, and for those that are English the word of the language."""

    def post(self) -> None:
        said = Said.model_validate(self.read())
        language = read_tongue(self.room.read())
        known = describe_phrase(language.analyse(said.text))
        english = {
            word: language.spell(word)
            for word in dict.fromkeys(said.text.casefold().split())
            if word in language.concepts
        }
        told = {name: known[name] for name in ("morphemes", "gloss", "translation")}
        unknown = list_unknown_words(language, said.text)
        self.answer({**told, "unknown": unknown, "english": english})


class TellMessage(Verb):
    """What a message has of the language: its words with their meanings ("words"), and for English
    words the word of the language ("english"); `MOST` of each, as they come."""

    def post(self) -> None:
        said = Message.model_validate(self.read())
        language = read_tongue(self.room.read())
        forms = [word.casefold() for word in WORD.findall(said.text)]
        words, english = dict[str, str](), dict[str, str]()
        for form in dict.fromkeys(forms):
            if form in language.concepts and len(english) < MOST:
                english[form] = language.spell(form)
            elif len(words) < MOST and (word := language.analyse(form).words[0]).gloss != UNKNOWN:
                words[form] = word.meaning
        self.answer({"words": words, "english": english})


class AskAgain(Verb):
    """Another phrase for a card, by the writer that is built in: {"phrase", "translation", …} as
    card.json has them. It is not written: a person may hear it first."""

    def post(self) -> None:
        said, settings = Again.model_validate(self.read()), self.room.read()
        bundle = find_card(settings, said.slug)
        language, about = read_tongue(settings), bundle.subject
        memory = Memory()
        for other in read_bundles(settings, keep_going=True):
            text = str(other.front.get("phrase") or other.card.get("phrase") or "")
            if phrase := language.parse(text):
                memory.add_phrase(phrase)
        brief = Brief(
            bundle.position,
            bundle.slug,
            derive_seed("ask again", bundle.seed, said.turn),
            str(about.get("caption") or ""),
            dict(about.get("traits") or {}),
            str(about.get("hour") or "day"),
        )
        self.answer(describe_phrase(write_offline(language, brief, memory).phrase))


class Hear(Verb):
    """A phrase of a card as the beast would say it, mastered, as WAV."""

    async def post(self) -> None:
        said, settings = Heard.model_validate(self.read()), self.room.read()
        data = await asyncio.to_thread(speak_aloud, settings, said)
        self.set_header("Content-Type", "audio/wav")
        self.finish(data)


def read_tongue(settings: Settings) -> Language:
    """The jungle's language, read again only where its file or its settings have changed."""
    path = settings.content / FILE
    data = path.read_bytes() if path.is_file() else b""
    key = (path, data, settings.language, settings.seed, settings.phrases.mood)
    if key not in READ:
        READ.clear()
        READ[key] = make_or_read_language(settings, write=False)
    return READ[key]


def speak_aloud(settings: Settings, said: Heard) -> bytes:
    """The WAV of what is ``said``."""
    bundle = find_card(settings, said.slug)
    brief = brief_sound(bundle)
    brief["phrase"] = said.text or bundle.front.get("phrase") or brief["phrase"]
    if not str(brief["phrase"]).strip():
        raise Refusal(f"{bundle.slug} has no phrase yet; write one, or let make build write it")
    if said.voice is not None:
        brief["voice"] = said.voice.asked
    call, file = speak_call(brief), io.BytesIO()
    mastered = master(call.samples, call.rate, settings.sounds.loudness)
    soundfile.write(file, mastered.samples, mastered.rate, format="WAV", subtype="PCM_16")
    return file.getvalue()
