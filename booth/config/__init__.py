"""`config/*.yaml` becomes frozen Settings, or errors that an operator can act on."""

from booth.config.settings import Settings

__all__ = ["Settings"]
