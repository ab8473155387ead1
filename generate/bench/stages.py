"""What the commands do that try, judge and compare: models, pictures, recipes, our own weights."""

import argparse

from generate.keeping.lock import locked
from generate.settings import Settings
from generate.shipped import require_clone


def evaluate(settings: Settings, args: argparse.Namespace) -> None:
    """judge the jungle's pictures, sounds and words, beside their anchors"""
    if args.train_extractor:
        require_clone("evaluate --train-extractor")
        from generate.evaluation.judge.trainer import train_extractor

        for group, share in train_extractor(settings).items():
            print(f"{'evaluate':<9} {group}: {share:.1%} of the drawings held out")
        return
    from generate.evaluation.stage import evaluate_jungle

    evaluate_jungle(settings)


def bench(settings: Settings, args: argparse.Namespace) -> None:
    """measure ours against the baseline, side by side"""
    if args.compare:
        from generate.bench.comparison import compare_recipes

        compare_recipes(settings, args.compare, args.minutes, args.updates, args.samples)
    elif args.experiments is not None:
        from generate.bench.experiments import run_experiments

        run_experiments(settings, args.experiments, args.exposures)
    else:
        from generate.bench import run_bench

        run_bench(settings, args.minutes)


def contest(settings: Settings, args: argparse.Namespace) -> None:
    """train every kind of model for the same minutes and compare what they draw"""
    from generate.bench.contest.contest import run_contest

    run_contest(settings, args.source, args.minutes, args.families or (), args.samples, args.record)


def tune(settings: Settings, args: argparse.Namespace) -> None:
    """search better settings of the recipe, and print them"""
    from generate.bench.tuning.tune import tune

    with locked(settings.home, "tune"):  # the journal is mended before the work
        tune(settings, args.source, args.minutes, args.trials, args.workers, args.by, args.samples)


def starter(settings: Settings, args: argparse.Namespace) -> None:
    """train the shipped starter weights, or export them as they stand"""
    require_clone("starter")
    from generate.pictures.refining.trainer import train_refiner
    from generate.pictures.training.starter import export_starter, train_starter

    if args.export:
        export_starter(settings)
    elif args.graphs:
        from generate.pictures.summoning.graph import write_graphs

        for path in write_graphs():
            print(f"{'starter':<9} {path}", flush=True)
    elif args.captioner:
        from generate.pictures.captioning.teaching.guide_trainer import ship_captioner

        ship_captioner(args.folder or settings.work / "captioner-guide", args.captioner)
    elif args.painter:
        from generate.pictures.refining.painter.trainer import train_painter

        train_painter(settings.work / "painter", args.painter)
    elif args.finisher:
        from generate.pictures.refining.finisher.trainer import train_finisher

        minutes = settings.pictures.minutes or 60.0
        train_finisher(settings.work / "finisher", settings.work / "painter", minutes)
    elif args.refiner:
        train_refiner(settings.work / "refiner", minutes=settings.pictures.minutes or 5.0)
    else:
        train_starter(settings)
