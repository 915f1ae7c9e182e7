"""Figures for Prometheus: what was asked, how long its stages took, and how the models are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from booth.service.api.models import Models

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class _Health(Collector):
    """Reads the models whenever it is asked."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def collect(self) -> Iterable[Metric]:
        """Give the figures of every model."""
        about = GaugeMetricFamily(
            "booth_model_info",
            "A model, its first method (rung) and where it runs.",
            labels=["model", "rung", "device", "state"],
        )
        default = GaugeMetricFamily(
            "booth_model_is_default", "Whether it answers by default.", labels=["model"]
        )
        ready = GaugeMetricFamily("booth_model_ready", "Whether it can answer.", labels=["model"])
        queue = GaugeMetricFamily(
            "booth_queue_length", "Requests that wait for it or run on it.", labels=["model"]
        )
        stills = GaugeMetricFamily(
            "booth_stills_waiting", "Photos of the kiosk before them.", labels=["model"]
        )
        faults = CounterMetricFamily("booth_matting_faults", "Tasks of it that failed.", labels=["model"])
        served = CounterMetricFamily("booth_model_requests", "Requests that it worked on.", labels=["model"])
        for model in self._models:
            status = model.status
            rung = status.methods[0] if status.methods else ""
            about.add_metric([model.name, rung, status.device, status.state], 1)
            for family, value in (
                (default, model is self._models.default),
                (ready, status.state == "ready"),
                (queue, status.asked),
                (stills, status.waiting),
                (faults, status.faults),
                (served, status.requests),
            ):
                family.add_metric([model.name], float(value))
        return (about, default, ready, queue, stills, faults, served)


class Metrics:
    """Everything that is counted, in a registry of its own."""

    def __init__(self, models: Models, taken: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "booth_requests", "Answers, by call and status.", ["call", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "booth_request_seconds",
            "Seconds from request to answer.",
            ["call"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._stages = Histogram(
            "booth_stage_seconds",
            "Seconds of a request's stages, waiting included.",
            ["stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        inside = Gauge("booth_requests_inside", "Requests taken in just now.", registry=self._registry)
        inside.set_function(lambda: float(taken()))
        self._registry.register(_Health(models))

    def answered(self, call: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._answers.labels(call, str(status)).inc()
        self._seconds.labels(call).observe(seconds)

    def staged(self, seconds: Mapping[str, float]) -> None:
        """Count a request's stages."""
        for stage, took in seconds.items():
            self._stages.labels(stage).observe(took)

    def text(self) -> bytes:
        """All of it as Prometheus reads it."""
        return generate_latest(self._registry)
