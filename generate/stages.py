"""The stages by name: what each command does. A stage imports its room when it runs."""

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from generate.bench.stages import bench, contest, evaluate, starter, tune
from generate.command_line import read_dials
from generate.errors import Refusal
from generate.keeping.lock import locked
from generate.pictures.compute.processes import is_first
from generate.safety.output_folders import require_no_link
from generate.settings import Settings, read_settings


def build(settings: Settings, args: argparse.Namespace) -> None:
    """make what is missing or stale, then render the site"""
    bundles = make_cards(settings, args, "sounds")
    site(settings, args)
    end(bundles, args)


def make_cards(settings: Settings, args: argparse.Namespace, last: str) -> Any:
    """Run the stages of the cards up to the ``last``: sample, phrases or sounds; all cards."""
    from generate.build import build_phrases, build_pictures, build_sounds

    bundles = build_pictures(settings, args.force)
    if last != "sample":
        build_phrases(settings, bundles, args.force)
    if last == "sounds":
        build_sounds(settings, bundles, args.force, report=args.stage == "sounds")
    if last != "sample":
        from generate.notes.stage import build_notes

        build_notes(settings, bundles)
    return bundles


def end(bundles: Any, args: argparse.Namespace) -> None:
    """Raise `Refusal` if a card could not be made, unless the rest was all that was wanted."""
    if bundles.faults and not args.keep_going:
        raise Refusal(
            "; ".join(bundles.faults) + "; the other cards are made: mend what is named and run "
            "again, or go without it by KEEP_GOING=1"
        )


def dataset(settings: Settings, args: argparse.Namespace) -> None:
    """read the training pictures and say what was recognised"""
    from generate.pictures.data.dataset import show_dataset

    show_dataset(settings)


def train(settings: Settings, args: argparse.Namespace) -> None:
    """draw or read the training pictures and train the image model"""
    from generate.pictures.training.stage import train_model

    if args.more:
        from generate.hand.more import settle_more

        settle_more(settings, args.more)
        dials = {name: value for name, value in read_dials(args).items() if "minutes" not in name}
        settings = read_settings(args.home, dials)
    train_model(settings)


def sample(settings: Settings, args: argparse.Namespace) -> None:
    """make the cards' pictures and captions"""
    end(make_cards(settings, args, "sample"), args)


def beast(settings: Settings, args: argparse.Namespace) -> None:
    """draw one beast from words"""
    from generate.pictures.sampling.beast import draw_beast

    draw_beast(settings, args.prompt)


def candidates(settings: Settings, args: argparse.Namespace) -> None:
    """show the takes of a card, numbered, on one sheet"""
    from generate.hand.candidates import draw_candidates

    draw_candidates(settings, args.card)


def card(settings: Settings, args: argparse.Namespace) -> None:
    """add a card that is drawn from words, and build"""
    from generate.hand.card import add_card

    finish(settings, args, *add_card(settings, args.prompt, args.pick))


def cross(settings: Settings, args: argparse.Namespace) -> None:
    """add a card that is crossed from two, and build"""
    from generate.hand.cross import add_cross

    finish(settings, args, *add_cross(settings, args.a, args.b, args.more_of))


def finish(settings: Settings, args: argparse.Namespace, path: Any, front: str) -> None:
    """Build with the card of ``path``, whose back is written when it has words."""
    from generate.hand.card import write_back

    bundles = make_cards(settings, args, "sounds")
    write_back(settings, path, front)
    site(settings, args)
    print(f"{'card':<9} {path.parent}")
    end(bundles, args)


def find(settings: Settings, args: argparse.Namespace) -> None:
    """find cards by what they say and show, in words of your own"""
    from generate.finding.find import find_cards

    find_cards(settings, args.query)


def keep(settings: Settings, args: argparse.Namespace) -> None:
    """mark one card, or all, as kept: their pictures, sounds and words stay as they are"""
    from generate.hand.keep import keep_cards

    kept, before = keep_cards(settings, args.card)
    print(f"{'keep':<9} {len(kept)} marked as kept, {len(before)} were")


def undo(settings: Settings, args: argparse.Namespace) -> None:
    """take back the newest of the steps keep, card, cross and train --more"""
    from generate.hand.undo import undo_step

    print(f"{'undo':<9} {undo_step(settings) or 'there is nothing to take back'}", flush=True)


def walk(settings: Settings, args: argparse.Namespace) -> None:
    """draw the way from one beast to another as a moving picture"""
    from generate.pictures.sampling.walk import draw_walk

    draw_walk(settings, args.start, args.end)


def phrases(settings: Settings, args: argparse.Namespace) -> None:
    """make the language and the cards' phrases"""
    end(make_cards(settings, args, "phrases"), args)


def sounds(settings: Settings, args: argparse.Namespace) -> None:
    """make and master the cards' sounds"""
    end(make_cards(settings, args, "sounds"), args)


def caption(settings: Settings, args: argparse.Namespace) -> None:
    """write metadata.jsonl beside pictures of your own: a caption for each"""
    from generate.pictures.captioning.folder import caption_folder

    caption_folder(settings, args.pictures)


def captioner(settings: Settings, args: argparse.Namespace) -> None:
    """train the captioner on the captions of the training pictures"""
    from generate.pictures.captioning.teaching.own_trainer import train_own

    train_own(settings, args.minutes)


def site(settings: Settings, args: argparse.Namespace) -> None:
    """render site/ from the cards as they are"""
    from generate.gallery.site.render import render_site

    with locked(settings.home, "site"):
        report = render_site(settings, keep_going=args.keep_going)
    print(f"{'site':<9} {report}", flush=True)


def colouring(settings: Settings, args: argparse.Namespace) -> None:
    """print the cards' outlines as a colouring book, work/colouring.pdf"""
    from generate.pictures.strokes.colouring import read_strokes, write_book
    from generate.plan import read_bundles

    def tell(bundle: Any) -> str:
        return str(bundle.front.get("caption") or bundle.card.get("caption") or "")

    path = settings.work / "colouring.pdf"
    shown = [b for b in read_bundles(settings, keep_going=True) if not b.front.get("hidden")]
    pages = ((tell(b), read_strokes(b.folder, b.find("picture"))) for b in shown)
    print(f"{'colouring':<9} {write_book(path, pages, settings.title)} pages in {path}", flush=True)


def serve(settings: Settings, args: argparse.Namespace) -> None:
    """preview the site and reload it at every change"""
    from generate.gallery.preview.server import serve_site

    serve_site(lambda: read_settings(args.home, read_dials(args)), args.port)


def studio(settings: Settings, args: argparse.Namespace) -> None:
    """draw, breed and arrange cards on a page of this machine"""
    from generate.studio.server import open_studio

    open_studio(args.home, read_dials(args), args.port)


def audit(settings: Settings, args: argparse.Namespace) -> None:
    """check site/ for broken links, missing alt texts, foreign requests and secrets"""
    from generate.gallery.publishing.audit import require_fit

    print(f"{'audit':<9} {require_fit(settings)}", flush=True)


def publish(settings: Settings, args: argparse.Namespace) -> None:
    """put site/ on the gh-pages branch"""
    from generate.gallery.publishing.publish import publish_site

    with locked(settings.home, "site"):
        publish_site(settings, force=args.force, keep_going=args.keep_going)


def account(settings: Settings, args: argparse.Namespace) -> None:
    """tell how the jungle was made, and what would improve it, on a page of its own"""
    from generate.account.stage import tell_jungle

    tell_jungle(settings, args.readme)


def needs(settings: Settings, args: argparse.Namespace) -> None:
    """print which packages a stage needs: light or model"""
    from generate.plan import needs_model

    print("model" if needs_model(settings, args.of, args.force) else "light")


def why(settings: Settings, args: argparse.Namespace) -> None:
    """say what is fresh or stale, of one card or of all, and because of what"""
    from generate.why import tell_why

    tell_why(settings, args.card, args.keep_going)


STAGES: dict[str, Callable[[Settings, argparse.Namespace], Any]] = {
    stage.__name__: stage
    for stage in (
        build,
        dataset,
        train,
        sample,
        beast,
        candidates,
        card,
        cross,
        find,
        keep,
        undo,
        walk,
        phrases,
        sounds,
        caption,
        captioner,
        site,
        colouring,
        serve,
        studio,
        audit,
        publish,
        evaluate,
        account,
        bench,
        contest,
        tune,
        starter,
        needs,
        why,
    )
}
# These write to content/ or work/, so they run one at a time in a jungle.
WRITING = """build train sample beast candidates card cross keep undo walk phrases sounds evaluate
    account colouring captioner""".split()


def hold_lock(settings: Settings, stage: str) -> AbstractContextManager[None]:
    """The lock that ``stage`` needs; of several processes of one launch, the first holds it.

    Raises `Refusal` where work/ or a folder in it is a link.
    """
    for path in (settings.work, *settings.work.glob("*")):
        require_no_link(path)
    if stage not in WRITING or not is_first():
        return nullcontext()
    return locked(settings.home, "build")
