"""`config/*.yaml` becomes frozen Settings, or errors that an operator can act on."""

from booth.config.last_good import load_or_last_good
from booth.config.loading import load
from booth.config.settings import Settings

__all__ = ["Settings", "load", "load_or_last_good"]
