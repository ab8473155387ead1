"""A phrase while one types it, and a voice while one turns it: what it means, how it sounds."""

import asyncio
import io

import soundfile
from pydantic import BaseModel, ConfigDict, Field

from generate.errors import Refusal
from generate.hand.find import find_card
from generate.phrases.by_hand import describe_phrase, list_unknown_words
from generate.phrases.language.file import make_or_read_language
from generate.settings import Settings
from generate.sounds.brief import brief_sound
from generate.sounds.mastering.mastering import master
from generate.sounds.stage import make_take, speak_call
from generate.studio.verbs import Verb
from generate.wishes.drawing import Take
from generate.wishes.voice import VoiceWish

LONGEST = 300


class Said(BaseModel):
    """A text that may be a phrase."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=LONGEST)


class Heard(BaseModel):
    """A phrase of a card, in a voice; what is left out is the card's own. With ``take``, that take
    of the card's sound as the jungle's engine makes it."""

    model_config = ConfigDict(extra="forbid")
    slug: str
    text: str = Field("", max_length=LONGEST)
    voice: VoiceWish | None = None
    take: Take | None = None


class Tell(Verb):
    """What a phrase means: its gloss, its translation, words that the language lacks with words
    near them, and for those that are English the word of the language."""

    def post(self) -> None:
        said = Said.model_validate(self.read())
        language = make_or_read_language(self.room.read(), write=False)
        known = describe_phrase(language.analyse(said.text))
        english = {
            word: language.spell(word)
            for word in dict.fromkeys(said.text.casefold().split())
            if word in language.concepts
        }
        told = {name: known[name] for name in ("morphemes", "gloss", "translation")}
        unknown = list_unknown_words(language, said.text)
        self.answer({**told, "unknown": unknown, "english": english})


class Hear(Verb):
    """A phrase of a card as the beast would say it, mastered, as WAV."""

    async def post(self) -> None:
        said, settings = Heard.model_validate(self.read()), self.room.read()
        data = await asyncio.to_thread(speak_aloud, settings, said)
        self.set_header("Content-Type", "audio/wav")
        self.finish(data)


def speak_aloud(settings: Settings, said: Heard) -> bytes:
    """The WAV of what is ``said``."""
    bundle = find_card(settings, said.slug)
    brief = brief_sound(bundle)
    brief["phrase"] = said.text or bundle.front.get("phrase") or brief["phrase"]
    if not str(brief["phrase"]).strip():
        raise Refusal(f"{bundle.slug} has no phrase yet; write one, or let make build write it")
    if said.voice is not None:
        brief["voice"] = said.voice.asked
    if said.take is not None:
        brief["take"] = said.take
    call, file = (
        speak_call(brief) if said.take is None else make_take(settings, brief),
        io.BytesIO(),
    )
    mastered = master(call.samples, call.rate, settings.sounds.loudness)
    soundfile.write(file, mastered.samples, mastered.rate, format="WAV", subtype="PCM_16")
    return file.getvalue()
