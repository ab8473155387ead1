"""The families of voices, as ranges from which the seed of a beast draws values."""

from __future__ import annotations

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True)
class Family:
    """One kind of voice. Every pair is the range of a value.

    build: mass in kg of beasts that have it. pitch: factor on the pitch of the body size.
    edge: strength of high harmonics, 0 (nearly a sine) to 1 (sharp pulses).
    effort: frequency of the glottal peak, in multiples of the pitch.
    tone: level of the voice itself. breath: level of aspiration.
    jitter: unsteadiness of the pitch. growl: roughness at some 30 to 70 Hz.
    sub: level of the subharmonic. pulses: croaks or clicks a second (0, 0: none), with depth and
    sharpness. side: level of the second side of a syrinx; lean: its pitch ratio.
    sweep: how far, in octaves, vowels move the pitch. arc: how far it rises and falls within a
    syllable. vibrato: depth in semitones, at `flutter` a second. pace: syllables a second for a
    beast of one kilogram. attack: where in a syllable it is loudest. nose: a closed mouth, 0 to 1.
    ring: sharpness of the formants. snaps: level of the click that opens a syllable.
    hold: share of a syllable that sounds; below 1 syllables are detached. bridge: level between
    the syllables of a word. swing: how much longer every other syllable is. tune: width in octaves
    of the beast's own melody. arch: octaves by which a phrase rises to its middle and falls again.
    last: factor on the length of the last syllable. close: octaves by which it slides. quaver:
    depth in semitones of its trill. hiss: level of air through the teeth.
    """

    build: Range = (0.02, 600.0)
    pitch: Range = (0.92, 1.08)
    edge: Range = (0.85, 1.0)
    effort: Range = (1.5, 3.0)
    tone: Range = (1.0, 1.0)
    breath: Range = (0.06, 0.14)
    jitter: Range = (0.005, 0.012)
    growl: Range = (0.0, 0.1)
    sub: Range = (0.0, 0.0)
    pulses: Range = (0.0, 0.0)
    depth: Range = (0.0, 0.0)
    sharp: Range = (1.0, 1.0)
    side: Range = (0.0, 0.0)
    lean: Range = (1.0, 1.0)
    sweep: Range = (0.02, 0.06)
    arc: Range = (0.06, 0.12)
    vibrato: Range = (0.1, 0.3)
    flutter: Range = (4.5, 6.5)
    pace: Range = (4.6, 5.4)
    attack: Range = (0.35, 0.5)
    nose: Range = (0.0, 0.0)
    ring: Range = (0.8, 1.2)
    snaps: Range = (0.0, 0.0)
    hold: Range = (0.86, 1.0)
    bridge: Range = (0.05, 0.12)
    swing: Range = (0.0, 0.08)
    tune: Range = (0.05, 0.12)
    arch: Range = (0.0, 0.05)
    last: Range = (1.25, 1.5)
    close: Range = (-0.1, 0.0)
    quaver: Range = (0.0, 0.0)
    hiss: Range = (0.0, 0.0)


FAMILIES: dict[str, Family] = {
    "roarer": Family(
        build=(15.0, 600.0),
        pitch=(0.85, 1.0),
        effort=(1.6, 2.8),
        breath=(0.10, 0.22),
        jitter=(0.008, 0.018),
        growl=(0.3, 0.6),
        sub=(0.1, 0.3),
        arc=(0.12, 0.3),
        pace=(3.8, 4.6),
        attack=(0.25, 0.4),
        edge=(0.93, 1.0),
        bridge=(0.12, 0.22),
        tune=(0.02, 0.08),
        last=(1.6, 2.1),
        close=(-0.45, -0.25),
    ),
    "howler": Family(
        build=(2.0, 300.0),
        pitch=(0.95, 1.1),
        edge=(0.76, 0.92),
        effort=(1.2, 2.0),
        breath=(0.08, 0.2),
        sweep=(0.08, 0.16),
        arc=(0.25, 0.45),
        vibrato=(0.25, 0.6),
        pace=(3.8, 4.4),
        attack=(0.45, 0.6),
        bridge=(0.25, 0.4),
        tune=(0.05, 0.12),
        arch=(0.2, 0.4),
        last=(1.9, 2.5),
        close=(-0.5, -0.2),
    ),
    "chatterer": Family(
        build=(0.1, 60.0),
        pitch=(0.95, 1.12),
        effort=(2.0, 4.0),
        jitter=(0.008, 0.02),
        growl=(0.05, 0.25),
        arc=(0.15, 0.35),
        vibrato=(0.0, 0.15),
        pace=(5.4, 6.2),
        attack=(0.18, 0.3),
        edge=(0.86, 0.98),
        hold=(0.62, 0.78),
        swing=(0.1, 0.22),
        tune=(0.12, 0.25),
        last=(1.05, 1.25),
        close=(0.0, 0.2),
    ),
    "singer": Family(
        build=(0.02, 6.0),
        pitch=(0.95, 1.1),
        edge=(0.10, 0.34),
        effort=(1.0, 1.6),
        breath=(0.03, 0.08),
        jitter=(0.002, 0.006),
        side=(0.35, 0.9),
        lean=(1.12, 1.62),
        sweep=(0.18, 0.34),
        arc=(0.22, 0.5),
        vibrato=(0.2, 0.9),
        flutter=(7.0, 14.0),
        pace=(4.8, 5.8),
        attack=(0.3, 0.55),
        ring=(0.6, 0.8),
        hold=(0.8, 0.95),
        swing=(0.0, 0.25),
        tune=(0.3, 0.5),
        last=(1.7, 2.4),
        close=(-0.2, 0.25),
        quaver=(0.8, 2.2),
    ),
    "croaker": Family(
        build=(0.05, 80.0),
        pitch=(0.9, 1.05),
        edge=(0.78, 0.94),
        effort=(1.6, 3.0),
        breath=(0.03, 0.08),
        pulses=(22.0, 46.0),
        depth=(0.65, 0.9),
        sharp=(1.2, 2.2),
        arc=(0.08, 0.2),
        pace=(4.0, 5.0),
        attack=(0.4, 0.6),
        ring=(1.2, 1.7),
        hold=(0.75, 0.9),
        swing=(0.05, 0.2),
        tune=(0.02, 0.1),
        last=(1.3, 1.8),
        close=(-0.25, 0.0),
    ),
    "clicker": Family(
        build=(0.02, 20.0),
        pitch=(0.95, 1.1),
        edge=(0.82, 0.97),
        effort=(2.0, 4.0),
        breath=(0.02, 0.06),
        pulses=(34.0, 54.0),
        depth=(0.8, 0.95),
        sharp=(2.5, 4.5),
        sweep=(0.05, 0.12),
        pace=(4.8, 5.8),
        attack=(0.15, 0.35),
        ring=(1.3, 1.9),
        snaps=(0.25, 0.6),
        hold=(0.6, 0.75),
        swing=(0.1, 0.25),
        tune=(0.08, 0.2),
        last=(1.1, 1.4),
        close=(-0.1, 0.15),
    ),
    "hummer": Family(
        build=(0.02, 600.0),
        pitch=(0.9, 1.05),
        edge=(0.66, 0.86),
        effort=(1.0, 1.6),
        breath=(0.08, 0.2),
        side=(0.2, 0.35),
        lean=(1.004, 1.012),
        sweep=(0.06, 0.14),
        arc=(0.12, 0.25),
        vibrato=(0.3, 0.8),
        pace=(3.9, 4.7),
        attack=(0.45, 0.6),
        nose=(0.3, 0.65),
        ring=(0.7, 1.0),
        bridge=(0.3, 0.45),
        tune=(0.15, 0.3),
        arch=(0.05, 0.15),
        last=(1.7, 2.2),
        close=(-0.12, 0.0),
    ),
    "hisser": Family(
        build=(0.3, 250.0),
        pitch=(0.9, 1.05),
        edge=(0.8, 0.95),
        effort=(1.4, 2.4),
        breath=(0.6, 1.0),
        jitter=(0.015, 0.03),
        growl=(0.1, 0.35),
        arc=(0.05, 0.15),
        pace=(4.0, 4.8),
        attack=(0.3, 0.5),
        ring=(0.9, 1.3),
        tone=(0.3, 0.55),
        bridge=(0.1, 0.2),
        tune=(0.02, 0.08),
        last=(1.5, 2.0),
        close=(-0.3, -0.1),
        hiss=(0.35, 0.6),
    ),
}
"""Name to family."""
