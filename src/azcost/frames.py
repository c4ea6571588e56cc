"""The one door to pandas, for notebooks: it is imported when a frame is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from azcost.errors import AzcostError


def frame(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Any:
    """A pandas DataFrame; raises AzcostError where pandas is not installed."""
    try:
        import pandas as pd
    except ImportError as error:
        raise AzcostError("Frames need pandas: pip install 'azcost[notebooks]'.") from error
    return pd.DataFrame(list(rows), columns=list(columns))
