"""The words of the interface in English. [site.words] in jungle.toml may replace any of them."""

import difflib

from generate.errors import Refusal
from generate.settings import FILE, Settings

# The pages fill in the names in braces; a translation keeps those that it needs.
ENGLISH: dict[str, str] = {
    # Every page
    "skip": "Skip to the content",
    "navigation": "Pages",
    "rack": "The rack",
    "dictionary": "Dictionary",
    "alphabet": "Alphabet",
    "grammar": "Grammar",
    "licence": "Pictures, sounds and words: {licence}",
    "feed": "Feed",
    "theme": "Theme",
    "light": "Light",
    "light_device": "As the device",
    "light_light": "Light",
    "light_dark": "Dark",
    # The rack
    "tagline": "{count} animals that do not exist. Turn one over, hear it speak, send it on.",
    "empty": "The rack is empty. Type make build to grow a jungle.",
    "find": "Find a card",
    "search": "Search",
    "search_hint": "a word, a colour, a place …",
    "hour": "Hour",
    "any_hour": "Any hour",
    "dawn": "Dawn",
    "day": "Day",
    "dusk": "Dusk",
    "night": "Night",
    "more": "More",
    "sort": "Order",
    "sort_posted": "As posted",
    "sort_title": "By name",
    "sort_hour": "By hour",
    "sort_colour": "By colour",
    "today": "Card of the day",
    "random": "Any card",
    "walk": "Listening walk",
    "walk_stop": "Stop the walk",
    "walk_next": "Next beast",
    "walk_on": "Go on",
    "walk_now": "Now speaking:",
    "found": "{n} cards",
    "found_one": "1 card",
    "browse": "Browse",
    "colour": "Colour",
    "animal": "Animal",
    "mood": "Mood",
    "place": "Place",
    "says_pick": "Says",
    "drop": "Remove",
    "nearest": "Nearest:",
    "all_cards": "all cards",
    "found_none": "No card answers to that.",
    "page": "Page {n}",
    "pagination": "More of the rack",
    "newer": "Previous page",
    "older": "Next page",
    "shelves": "Shelves",
    "shelf_lead": "{count} cards on this shelf.",
    "shelf_lead_one": "1 card on this shelf.",
    # A card
    "front": "Front",
    "back": "Back",
    "postcard": "The postcard",
    "turn_over": "Turn it over",
    "turn_back": "Turn it back",
    "both": "Show both sides",
    "one": "Show one side",
    "look": "Look closer",
    "develop": "Develop again",
    "previous": "Previous card",
    "next": "Next card",
    "near": "Near this card",
    "notes": "Field notes",
    "near_hint": "Alike in colour, hour, build and voice.",
    "family": "Family tree",
    "family_parents": "Its parents, and theirs",
    "family_children": "Its children",
    "family_unknown": "a beast that is not shown",
    "alike": "More of its kind",
    "others_say": "Others who say “{word}”",
    "no_picture": "This beast has not been seen yet.",
    "says": "says",
    "word_close": "Close",
    "unspoken": "The voice does not speak this phrase yet.",
    "word_hear": "Hear this word",
    "word_look_up": "In the dictionary",
    "greetings": "Greetings from",
    "to": "To",
    "to_anyone": "whoever listens",
    "from": "From",
    "stamp": "Stamp showing the beast",
    "postmark": "Postmark: {place}, {date}",
    # The voice
    "voice": "The voice",
    "play": "Hear it speak",
    "pause": "Pause",
    "slow": "Slowly",
    "bed": "Jungle around it",
    "seek": "Place in the recording",
    "seconds": "{now} of {all} seconds",
    # Sending
    "send": "Send this postcard",
    "send_lead": "Your words travel inside the link and nowhere else: no server ever sees them.",
    "send_to": "To whom",
    "send_from": "From whom",
    "send_message": "Your message",
    "send_left": "{n} characters left",
    "send_copy": "Copy the link",
    "send_copied": "Copied. Paste it wherever your friend is.",
    "send_link": "The link",
    "send_share": "Share …",
    "send_mail": "E-mail",
    "send_subject": "A postcard for you",
    "send_close": "Close",
    "save_front": "Save the front",
    "save_both": "Save both sides",
    "save_done": "Saved as a picture.",
    "save_failed": "This browser cannot draw the card here. Print it instead.",
    "share_file": "Share as a picture …",
    "print": "Print it",
    "print_a4": "Four on A4",
    "print_letter": "Four on Letter",
    "arrived": "You have mail.",
    "arrived_lead": "Someone wrote this to you. It is kept in the link alone.",
    "damaged": "This link was damaged on its way, and its message cannot be read. "
    "Ask for the link again.",
    "damaged_part": "You have mail, but its link was damaged on its way. What can still be read is "
    "on the card; ask for the link again.",
    "damaged_one": "You have mail, but its link was damaged on its way: one of its cards cannot "
    "be read in full. Ask for the link again.",
    "damaged_many": "You have mail, but its link was damaged on its way: {n} of its cards cannot "
    "be read in full. Ask for the link again.",
    "mended": "The link was damaged on its way and has been repaired. Nothing is missing.",
    "answer": "Write back",
    "thread": "What it answers",
    "thread_lost": "This card cannot be read.",
    "thread_full": "A link holds eight cards. The oldest one stays behind.",
    # The drawer
    "drawer": "My drawer",
    "heart": "Keep it",
    "heart_kept": "It is in your drawer, in this browser alone.",
    "heart_dropped": "Taken out of your drawer.",
    "drawer_private": "Private: only this browser knows what is in your drawer, and tells nobody. "
    "Who uses this browser can look into it. Deleting the browser's data empties it, so export "
    "what you want to keep for good.",
    "drawer_scripts": "The drawer needs scripts, which this browser does not run.",
    "drawer_empty": "Nothing is in it yet. Press the heart below a card to keep the card here.",
    "drawer_pick": "Choose",
    "drawer_drop": "Take out",
    "drawer_dropped": "Taken out.",
    "drawer_letter": "with a letter",
    "drawer_share": "Share these cards",
    "drawer_share_some": "Share the {n} chosen",
    "drawer_share_lead": "The link names the cards and nothing else: no letters, and not you.",
    "drawer_shared": "Somebody shared these cards with you.",
    "drawer_shared_lead": "They are in the link alone, and not in your drawer.",
    "drawer_broken": "The link was damaged on its way: cards may be missing, or be others.",
    "drawer_take": "Put them into my drawer",
    "drawer_taken": "They are in your drawer.",
    "drawer_own": "To my drawer",
    "drawer_export": "Export",
    "drawer_import": "Import",
    "drawer_imported": "{n} new cards are in your drawer.",
    "drawer_imported_one": "1 new card is in your drawer.",
    "drawer_gone": "{n} cards of it are not in this jungle, and are left out.",
    "drawer_gone_one": "1 card of it is not in this jungle, and is left out.",
    "drawer_bad": "That file is no exported drawer. Nothing was changed.",
    "drawer_full": "This browser does not keep it: its storage is full or switched off.",
    "drawer_clear": "Empty it",
    "drawer_undo": "Put it back",
    "drawer_offline": "The list of cards cannot be read now. Your drawer is untouched.",
    # Summoning
    "summon": "Summon a beast",
    "summon_lead": "Choose words, and your own browser draws a beast that nobody has seen.",
    "summon_scripts": "Summoning needs scripts, which this browser does not run.",
    "summon_type": "In your words",
    "summon_hint": "a striped snake at night",
    "summon_unknown": "Not known here: {words}",
    "summon_first": "Summon it (fetches {mb} MB once)",
    "summon_again": "Summon it",
    "summon_cancel": "Cancel",
    "summon_loading": "Fetched {now} of {all} MB",
    "summon_opening": "Waking the model …",
    "summon_step": "Step {n} of {all}",
    "summon_done": "Here it is: {words}.",
    "summon_canceled": "Canceled. What was fetched in full is kept.",
    "summon_failed": "That did not work ({why}). Try again.",
    "summon_lacking": "This browser cannot summon: it lacks WebAssembly with SIMD.",
    "summon_disk": "A page opened from disk cannot summon. Open it from a web server: make serve.",
    "summon_beast": "A summoned beast",
    "summon_told": "Nobody had seen this beast before it was summoned.",
    "summon_arrived": "Someone summoned a beast for you. Summon it, and it grows again here.",
    "summon_older": "This beast was grown by an older jungle, and cannot grow again here. Its kin:",
    "child": "What would their child look like?",
    "child_lead": "Choose the other parent. Your own browser crosses them, by the noise and the "
    "words that both were drawn from.",
    "child_other": "Another card",
    "child_pick": "Choose the other parent:",
    "child_of": "A child of {one} and {other}",
    "child_first": "Cross them (fetches {mb} MB once)",
    "child_again": "Another child",
    "child_gone": "A card of this pair cannot hand anything on, or is not in this jungle.",
    # How it was made
    "made": "How this card was made",
    "made_lead": "Nobody photographed this animal, and nobody recorded it.",
    "made_seen": "The picture was put here by hand.",
    "made_unseen": "Nobody photographed this animal.",
    "made_heard": "The sound was put here by hand.",
    "made_recorded": "The voice is cut from a recording.",
    "made_unheard": "Nobody recorded it.",
    "told_asked": "The model was asked for this: “{words}”.",
    "told_noise": "It began as noise, coloured dots that the seed decides. Step by step the model "
    "took the noise away, until a picture of these words was left.",
    "told_mean": "It began as what the model draws of all animals at once, and became the one that "
    "the seed decides.",
    "told_blur": "It began as a blur, and became what the seed decides.",
    "told_pieces": "It was put together piece by piece, each chosen by the seed and the pieces "
    "before it.",
    "told_strokes": "A pen drew it stroke by stroke, each chosen by the seed and the strokes "
    "before it.",
    "told_words": "{of} pictures were drawn in this way. This is number {number}, since it shows "
    "its words best.",
    "told_look": "{of} pictures were drawn in this way. This is number {number}, since it looks "
    "most as the pictures do that the model learnt from.",
    "told_variety": "{of} pictures were drawn in this way. This is number {number}, since it is "
    "most unlike the cards before it.",
    "told_other": "{of} pictures were drawn in this way. This is number {number}.",
    "told_no_copies": "It was laid beside all the pictures that the model learnt from, as every "
    "card was. None is a copy.",
    "told_copies": "It was laid beside all the pictures that the model learnt from, as every card "
    "was. Of this jungle's cards {n} count as copies.",
    "told_grammar": "Its phrase was put together from the words and rules of the jungle's language.",
    "told_learned": "Its phrase was written by a small model that has read lines of this language.",
    "told_writer": "A language model wrote its phrase; words and rules are those of the jungle's "
    "language.",
    "told_voice": "A voice was made for a body of {mass}: the heavier a beast, the deeper it "
    "speaks. No recording was used.",
    "made_details": "All details",
    "made_seed": "Seed",
    "made_again": "Make it again",
    "made_nearest": "Nearest training picture",
    "made_nearest_far": "No picture that the model learnt from is more like this beast. If the "
    "second nearest lies 100 steps away, this one lies {percent}; under 33 it would be a copy.",
    "made_nearest_copy": "The model has copied this picture rather than invented a beast: if the "
    "second nearest lies 100 steps away, this one lies only {percent}.",
    "made_nearest_plain": "No picture that the model learnt from is more like this beast.",
    "made_nearest_alt": "A training picture",
    "made_caption": "What was asked for, or seen",
    "made_picture": "Picture",
    "made_phrase": "Phrase",
    "made_sound": "Sound",
    "made_notes": "Field notes",
    "made_licence": "Licence",
    # The language
    "dictionary_lead": "{count} words of {language}. Press a word of any postcard to come here.",
    "dictionary_find": "Find a word",
    "dictionary_none": "The jungle has no word for that yet.",
    "cards": "Cards",
    "alphabet_lead": "The script of {language}: one sign for each sound.",
    "alphabet_name": "Write your name",
    "alphabet_hint": "Letters that {language} lacks are written with their nearest sound; "
    "a doubled consonant is one sound.",
    "alphabet_lacking": "{language} has no signs for some of these letters. "
    "Try the name in Latin letters.",
    "alphabet_font": "The script as a font",
    "grammar_affixes": "The small parts",
    "grammar_lead": "How {language} is put together, and how to read its postcards.",
    # Beasts that say what a visitor wants
    "say_hear": "Hear it",
    "say_size": "From tiny to huge",
    "say_failed": "This browser gives the beast no voice.",
    "sentence": "Your sentence",
    "sentence_add": "Add to your sentence",
    "sentence_full": "A postcard has room for no more words.",
    "sentence_put": "Put it on a card",
    "sentence_undo": "Take a word back",
    "sentence_clear": "Begin anew",
    "sentence_summon": "Summon a beast that says it",
    "sentence_write": "Say something in {language}",
    "sentence_drop": "Take it off",
    # The page that is not there
    "lost": "No such place in this jungle",
    "lost_lead": "The path ends here. The animals know another one:",
    "lost_home": "back to the rack",
}


def read_words(settings: Settings) -> dict[str, str]:
    """`ENGLISH`, with the words of ``settings``. Raises `Refusal` for an unknown key."""
    for key in settings.site.words:
        if key not in ENGLISH:
            near = difflib.get_close_matches(key, ENGLISH, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(ENGLISH))}"
            raise Refusal(f"{FILE}: unknown word site.words.{key}; {hint}")
    return {**ENGLISH, **settings.site.words}


def fill(text: str, **values: object) -> str:
    """Replace each name in braces by its value; other braces stay as they are.

    `str.format` would fail at a single brace in a person's text, and could read attributes.
    """
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text
