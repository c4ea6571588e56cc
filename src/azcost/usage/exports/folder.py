"""Which files of an export count: those that the newest run of each period names.

Exports write `root/name/20260901-20260930/[time/]run/part….csv` with a `manifest.json`.
A run writes all of its period again, so that several runs must never be added up.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from azcost.usage.exports.headers import ExportError

_MANIFEST = "manifest.json"
_ENDINGS = (".csv", ".csv.gz", ".parquet")
_PERIOD = re.compile(r"\d{8}-\d{8}")
# The types of exports that hold costs; the others (price sheets, reservations) do not.
COST_TYPES = frozenset({"usage", "actualcost", "amortizedcost", "focuscost"})


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Files that belong together: a run of an export, or one file without a manifest.

    `type` is the export's in lower case, empty without a manifest; `rows` and `submitted`
    what the manifest says.
    """

    name: str
    files: tuple[Path, ...]
    type: str = ""
    rows: int | None = None
    submitted: datetime | None = None


class _Named(msgspec.Struct, rename="camel"):
    export_name: str = ""
    resource_id: str | None = None
    type: str = ""


class _Run(msgspec.Struct, rename="camel"):
    submitted_time: datetime
    start_date: datetime
    run_id: str = ""


class _Blob(msgspec.Struct, rename="camel"):
    blob_name: str


class _Manifest(msgspec.Struct, rename="camel"):
    """Both forms, 2021-01-01 and 2024-04-01, have these fields; a report is told by them."""

    export_config: _Named
    run_info: _Run
    blobs: tuple[_Blob, ...] = ()
    data_row_count: int | None = None

    @property
    def series(self) -> tuple[str, str, datetime]:
        """What the runs have in common that write the same period of the same export."""
        own = self.export_config
        start = self.run_info.start_date.replace(tzinfo=None)
        return (own.resource_id or own.export_name).lower(), own.type.lower(), start


def sources(given: Iterable[Path]) -> tuple[list[Source], list[str]]:
    """The files that count, of files and folders, and remarks on what does not.

    Raises ExportError for what is not there, for incomplete downloads, and for runs that
    cannot be told apart.
    """
    remarks: list[str] = []
    manifests: dict[Path, _Manifest] = {}
    loose: dict[Path, None] = {}
    for one in given:
        if one.is_dir():
            _look_into(one, manifests, loose)
        elif one.name == _MANIFEST:
            manifests.setdefault(one.resolve(), _read(one))
        elif one.is_file():
            loose.setdefault(one.resolve())
        else:
            raise ExportError(f"{one} cannot be read: there is no such file or folder.")
    found = list(_newest(manifests, remarks))
    named = {file for source in found for file in source.files}
    single = [file for file in loose if file not in named]
    _all_different([*named, *single])
    return [*found, *(Source(name=str(file), files=(file,)) for file in single)], remarks


def _look_into(folder: Path, manifests: dict[Path, _Manifest], loose: dict[Path, None]) -> None:
    inside = sorted(folder.rglob(_MANIFEST))
    for manifest in inside:
        manifests.setdefault(manifest.resolve(), _read(manifest))
    if inside:
        return
    files = [one for one in sorted(folder.rglob("*")) if one.name.lower().endswith(_ENDINGS)]
    if not files:
        raise ExportError(f"{folder} holds no export: no manifest.json, CSV or Parquet file.")
    by_period = defaultdict(list)
    for file in files:
        by_period[file.parent].append(file)
    for parent, several in by_period.items():
        if len(several) > 1 and any(_PERIOD.fullmatch(part) for part in parent.parts):
            raise ExportError(
                f"{parent} has {len(several)} files and no manifest.json: they may be runs that "
                "each hold the whole period. Name the files of the newest run."
            )
    loose.update((file.resolve(), None) for file in files)


def _read(file: Path) -> _Manifest:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Manifest)
    except OSError as error:
        raise ExportError(f"{file} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ExportError(f"{file} is no manifest of a cost export: {error}.") from error


def _newest(manifests: dict[Path, _Manifest], remarks: list[str]) -> Iterator[Source]:
    by_series: dict[tuple[str, str, datetime], list[Path]] = defaultdict(list)
    for file, manifest in manifests.items():
        by_series[manifest.series].append(file)
    for (_, type_, _), files in by_series.items():
        newest = max(files, key=lambda file: (_when(manifests[file]), str(file)))
        own = manifests[newest]
        name = f"{own.export_config.export_name} {own.run_info.start_date:%Y-%m}"
        if type_ not in COST_TYPES:
            remarks.append(f"{name} is left out: exports of {own.export_config.type} hold no costs")
            continue
        if len(files) > 1:
            again = sum(manifests[one].run_info.run_id == own.run_info.run_id for one in files) - 1
            older = len(files) - 1 - again
            what = [f"{older} older runs"] * bool(older) + [f"{again} copies"] * bool(again)
            remarks.append(f"{name}: {' and '.join(what)} of the same period left out")
        yield Source(
            name=f"{name} ({newest})",
            files=tuple(_blobs(newest, own)),
            type=type_,
            rows=own.data_row_count,
            submitted=_when(own),
        )


def _when(manifest: _Manifest) -> datetime:
    return manifest.run_info.submitted_time.replace(tzinfo=None)


def _blobs(manifest: Path, read: _Manifest) -> Iterator[Path]:
    """The files of a run; they lie beside their manifest wherever both were copied to."""
    for blob in read.blobs:
        file = manifest.parent / blob.blob_name.rpartition("/")[2]
        if not file.is_file():
            raise ExportError(f"{manifest} names {file.name}, which is not beside it: copy it too.")
        yield file.resolve()


def _all_different(files: list[Path]) -> None:
    by_size = defaultdict(list)
    for file in files:
        by_size[file.stat().st_size].append(file)
    for same_size in by_size.values():
        seen: dict[bytes, Path] = {}
        for file in same_size if len(same_size) > 1 else ():
            with file.open("rb") as content:
                if file.suffix == ".csv" and not (content.readline() and content.read(1)):
                    continue  # a day without costs is a header, and may well come twice
                content.seek(0)
                digest = hashlib.file_digest(content, "sha256").digest()
            if digest in seen:
                raise ExportError(f"{file} and {seen[digest]} are the same file: name it once.")
            seen[digest] = file
