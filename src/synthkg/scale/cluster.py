"""A session of Spark, and its errors in plain words. Nothing of Spark is imported before one is asked for."""

from __future__ import annotations

import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from synthkg.errors import SynthkgError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["plainly", "session"]

_QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
_HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


@contextmanager
def session(master: str | None) -> Iterator[SparkSession]:
    """A session, ended afterwards unless there was one already, as in a notebook.

    Args:
        master: The address of the cluster, or ``local[2]`` for two processes here; None leaves it to Spark's own configuration,
            which is a session that is there already, or all cores of this machine.

    Raises:
        UsageError: PySpark or Java is not installed, or there is a session on another master.
        SynthkgError: Spark does not start, or a task fails; see `plainly`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of pandas, which is not used here
            from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise UsageError("this needs Spark, which is not installed: pip install 'synthkg[spark]'") from error
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise UsageError("Spark needs Java 17 or later; install it, for example with apt-get install default-jre-headless")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("synthkg")
    if master is not None:
        builder = builder.master(master)
    for key, value in (_QUIET | (_HERE if re.match(r"local|spark://127\.", master or "") else {})).items():
        builder = builder.config(key, value)
    with plainly():
        others = SparkSession.getActiveSession()
        if others is not None and master not in (None, others.sparkContext.master):
            raise UsageError(f"there is a session on {others.sparkContext.master} already; end it, or ask for no other master")
        spark = others or builder.getOrCreate()
        try:
            yield spark
        finally:
            if others is None:
                spark.stop()


@contextmanager
def plainly() -> Iterator[None]:
    """Says what went wrong in Spark as one of our errors says it: a task's own words, if it is one of ours.

    Raises:
        SynthkgError: A task failed, or Spark did.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        text = str(error)
        ours = re.findall(r"^(?:\S*: )?synthkg\.errors\.\w+: (.+)$", text, re.MULTILINE)
        said = re.findall(r"^(?:: |Caused by: )?[\w.$]+(?:Exception|Error): (.+)$", text, re.MULTILINE)
        raise SynthkgError(ours[-1] if ours else f"Spark failed: {(said or [text])[-1][:300]}") from error
