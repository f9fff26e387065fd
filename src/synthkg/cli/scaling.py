"""Commands for more records than one machine holds: scale."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from synthkg.cli.frame import (
    FINDINGS,
    Place,
    Text,
    data_folder,
    data_option,
    dry_run_option,
    examples,
    main,
    progress_shown,
)
from synthkg.cli.linking import tell_linked
from synthkg.findings import counted

_master = click.option(
    "--master",
    type=Text(),
    metavar="URL",
    help="The cluster, or local[2] for two processes here. Default: what Spark is configured for.",
)
_shards = click.option(
    "--shards", type=Text(), required=True, metavar="PLACE", help="Shards, in any file system that Spark reads."
)


@main.group(name="scale", epilog=examples(
    "synthkg scale shards --out shards\nsynthkg scale build --shards shards --out graph --master 'local[2]'\n"
    "synthkg scale link dblp --shards shards --dump dblp.nt.gz --out data --master 'local[2]'"
))  # fmt: skip
def scale() -> None:
    """Build and link on Spark, with the same functions: pip install 'synthkg[spark]'."""


@scale.command(name="shards", epilog=examples("synthkg scale shards\nsynthkg scale shards --data data --out /mnt/shards"))
@data_option
@click.option("--out", type=Place(), default=Path("shards"), show_default=True, help="Folder to replace.")
def shards(data: Path | None, out: Path) -> None:
    """Write a data folder as shards: JSON lines of folder, id and text, which can be copied to where a cluster reads."""
    from synthkg.scale import write_shards

    files = write_shards(data_folder(data), out)
    click.echo(f"{out}: {counted(len(files), 'shard')}, {sum(file.stat().st_size for file in files)} bytes")


@scale.command(name="build", epilog=examples(
    "synthkg scale build --shards shards --out graph --master 'local[2]'\n"
    "synthkg scale build --shards s3a://bucket/shards --out s3a://bucket/graph --master spark://HOST:7077"
))  # fmt: skip
@_shards
@click.option("--out", type=Text(), required=True, metavar="PLACE", help="A new folder, in any file system that Spark writes.")
@click.option("--parts", type=click.IntRange(1), help="Files that the graph is cut into. Default: one for each 64 MB.")
@_master
def build(shards: str, out: str, parts: int | None, master: str | None) -> None:
    """Check the records of shards and write the graph as sorted parts, with findings, checksums and a manifest.

    While an error stands nothing is written. Exit status: 0 written, 1 errors, 2 when something cannot be read.
    """
    from synthkg.findings import FORMATS
    from synthkg.scale import build, session

    with progress_shown() as progress, session(master) as spark:
        built = build(spark, shards, out, parts, progress)
    if built.errors:
        click.echo(FORMATS["text"](built.findings), nl=False, err=True)
        click.secho(f"synthkg: {counted(len(built.errors), 'error')}; nothing was written", fg="red", err=True)
        sys.exit(FINDINGS)
    records, triples = counted(built.records, "record"), counted(built.triples, "triple")
    click.echo(f"{records}, {triples}, {counted(len(built.findings), 'finding')}", err=True)
    for file in built.files:
        click.echo(file)


@scale.command(name="link", epilog=examples(
    "synthkg scale link dblp --shards shards --dump dblp.nt.gz --out data --master 'local[2]'\n"
    "synthkg scale link dblp --shards s3a://bucket/shards --dump s3a://bucket/dblp.nt.bz2 --out data --master yarn"
))  # fmt: skip
@click.argument("target")
@_shards
@click.option("--dump", type=Text(), required=True, metavar="PLACE", help="N-Triples or N-Quads of the target, also .gz or .bz2.")
@click.option("--out", type=Place(), required=True, help="Folder in which links/TARGET.sssom.tsv is kept.")
@dry_run_option
@_master
def link(target: str, shards: str, dump: str, out: Path, dry_run: bool, master: str | None) -> None:
    """Find the papers of shards in a dump of another knowledge graph; what synthkg link --dump finds, for dumps of any size."""
    from synthkg.scale import link_dump, session

    with progress_shown() as progress, session(master) as spark:
        done = link_dump(spark, target, shards, dump, out, dry_run=dry_run, progress=progress)
    tell_linked(done, dry_run=dry_run)
