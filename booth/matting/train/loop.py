"""The training itself: batches that are a pure function of seed and step, checkpoints, averages, curves."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from booth.errors import WeightsError
from booth.matting.network import MULTIPLE, PeopleNet, Widths, load, save
from booth.matting.train.furniture import Furniture
from booth.matting.train.pack import Pack
from booth.matting.train.samples import Recipe, Sample, Studio

SHAPES = ((1.0, 0.4), (1.5, 0.2), (1.78, 0.2), (0.75, 0.2))
"""Width over height of a batch, and how often."""
SCALES = ((0.8, 0.25), (1.0, 0.5), (1.25, 0.25))
"""A batch's size over its stage's, and how often: the booth looks at several sizes."""
VALIDATIONS = 8
MEASURED = 12
"""Batches over which the normalisations of weights to start from are measured."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Up to this share of the steps, pictures of about this side, so many at once."""

    until: float
    side: int
    batch: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides what is learned. `warm` is the share of the steps in which the rate rises."""

    steps: int = 8900
    seed: int = 1
    rate: float = 2e-3
    decay: float = 0.02
    warm: float = 0.03
    average: float = 0.998
    dice: float = 0.5
    stages: tuple[Stage, ...] = (Stage(0.54, 128, 32), Stage(0.72, 192, 24), Stage(1.0, 256, 16))
    widths: Widths = field(default_factory=Widths)
    recipe: Recipe = field(default_factory=Recipe)

    def stage(self, step: int) -> Stage:
        """Give the stage that a step belongs to."""
        return next(
            stage for stage in self.stages if step < stage.until * self.steps or stage is self.stages[-1]
        )

    def rate_at(self, step: int) -> float:
        """Give the learning rate: a short rise, then half a cosine."""
        rise = min(1.0, (step + 1) / max(1.0, self.warm * self.steps))
        return self.rate * rise * (0.5 + 0.5 * math.cos(math.pi * min(1.0, step / self.steps)) * 0.99)


Batch = dict[str, Tensor]


class Batches(Dataset[Batch]):
    """The batch of every step. `held_back` draws from the photographs that training never sees."""

    def __init__(
        self, pack: Pack, plan: Plan, held_back: bool = False, furniture: Furniture | None = None
    ) -> None:
        self._studio = Studio(pack, plan.recipe, held_back, furniture)
        self._plan = plan

    def __getitem__(self, step: int) -> Batch:
        stage = self._plan.stage(step)
        height, width = _shape(np.random.default_rng((self._plan.seed, step)), stage.side)
        seeds = ((self._plan.seed, step, one) for one in range(stage.batch))
        return stacked([self._studio.sample(np.random.default_rng(seed), height, width) for seed in seeds])


def _one_of(random: np.random.Generator, choices: tuple[tuple[float, float], ...]) -> float:
    values, shares = zip(*choices, strict=True)
    return float(random.choice(values, p=shares))


def _shape(random: np.random.Generator, side: float) -> tuple[int, int]:
    aspect, scale = _one_of(random, SHAPES), _one_of(random, SCALES)
    side = side * scale
    return _whole(side / math.sqrt(aspect)), _whole(side * math.sqrt(aspect))


def _whole(length: float) -> int:
    return max(1, round(length / MULTIPLE)) * MULTIPLE


def stacked(samples: list[Sample]) -> Batch:
    """Stack samples as 8-bit tensors, (N, h, w, 3) and (N, h, w); `flag` says which plates exist."""
    plates = [np.zeros_like(one.frame) if one.plate is None else one.plate for one in samples]
    return {
        "frame": torch.from_numpy(np.stack([one.frame for one in samples])),
        "plate": torch.from_numpy(np.stack(plates)),
        "flag": torch.tensor([float(one.plate is not None) for one in samples]),
        "alpha": torch.from_numpy(np.stack([one.alpha for one in samples])),
        "weight": torch.from_numpy(np.stack([one.weight for one in samples])),
    }


def loss_of(logits: Tensor, batch: Batch, dice: float) -> Tensor:
    """Cross-entropy, counted more at edges, and soft Dice (Milletari, F. et al.: V-Net. 3DV 2016)."""
    truth = batch["alpha"].float().div(255)[:, None]
    weight = batch["weight"].float().div(32)[:, None]
    entropy = functional.binary_cross_entropy_with_logits(logits, truth, weight)
    share = torch.sigmoid(logits)
    both, either = (share * truth).sum((1, 2, 3)), (share + truth).sum((1, 2, 3))
    smooth = 0.01 * truth[0].numel()
    return entropy + dice * (1 - (2 * both + smooth) / (either + smooth)).mean()


class Trainer:
    """A run in its folder: goes on where it stopped.

    `start` is a file of weights to begin from instead of from nothing, with a new optimiser.
    """

    def __init__(
        self,
        pack: Pack,
        plan: Plan,
        folder: Path,
        device: torch.device,
        furniture: Furniture | None = None,
        start: Path | None = None,
    ) -> None:
        torch.manual_seed(plan.seed)
        self._pack, self._plan, self._folder, self._device = pack, plan, folder, device
        self._furniture = furniture
        self._network = PeopleNet(plan.widths).to(device).to(memory_format=torch.channels_last)
        self._average = PeopleNet(plan.widths).to(device).to(memory_format=torch.channels_last)
        self._average.load_state_dict(self._network.state_dict())
        self._optimiser = torch.optim.AdamW(_groups(self._network, plan.decay), lr=plan.rate, fused=True)
        self.step = 0
        folder.mkdir(parents=True, exist_ok=True)
        if self._checkpoint.exists():
            self._resume()
        elif start is not None:
            self._begin_from(start)

    def _begin_from(self, start: Path) -> None:
        """Take weights over; before the first step the network answers as they do."""
        folded = load(start)
        if folded.widths != self._plan.widths:
            raise WeightsError(f"{start} has widths {folded.widths}, the plan has {self._plan.widths}")
        own = Batches(self._pack, self._plan, furniture=self._furniture)
        network = unfolded(folded, (own[step] for step in range(MEASURED)))
        for ours in (self._network, self._average):
            ours.load_state_dict(network.state_dict())

    @property
    def _checkpoint(self) -> Path:
        return self._folder / "checkpoint.pt"

    def _resume(self) -> None:
        kept = torch.load(self._checkpoint, map_location=self._device, weights_only=True)
        self._network.load_state_dict(kept["network"])
        self._average.load_state_dict(kept["average"])
        self._optimiser.load_state_dict(kept["optimiser"])
        self.step = kept["step"]

    def keep(self) -> None:
        """Write the checkpoint, replacing the last in one go."""
        kept = {
            "network": self._network.state_dict(),
            "average": self._average.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "step": self.step,
        }
        unfinished = self._checkpoint.with_suffix(".partial")
        torch.save(kept, unfinished)
        unfinished.replace(self._checkpoint)

    def run(self, every: int, workers: int, export: Path | None = None) -> Path:
        """Train to the plan's end; validate, keep and export every so many steps. Gives the weights' path."""
        weights = self._folder / "people.safetensors"
        begun, losses = time.perf_counter(), []
        for batch in self._batches(workers):
            losses.append(self._learn(batch))
            self.step += 1
            if self.step % every == 0 or self.step == self._plan.steps:
                seconds, begun = time.perf_counter() - begun, time.perf_counter()
                self._note({"loss": float(np.mean(losses)), "seconds": round(seconds, 1)} | self.validated())
                losses = []
                self.keep()
                for path in filter(None, (weights, export)):
                    save(self._average, path, {"steps": str(self.step), "seed": str(self._plan.seed)})
        return weights

    def _batches(self, workers: int) -> Iterator[Batch]:
        steps = range(self.step, self._plan.steps)
        loader = DataLoader(
            Batches(self._pack, self._plan, furniture=self._furniture),
            batch_size=None,
            sampler=steps,
            num_workers=workers,
            prefetch_factor=8 if workers else None,
            worker_init_fn=_quiet,
        )
        return iter(loader)

    def _learn(self, batch: Batch) -> float:
        for group in self._optimiser.param_groups:
            group["lr"] = self._plan.rate_at(self.step)
        self._network.train()
        batch = {name: value.to(self._device, non_blocking=True) for name, value in batch.items()}
        loss = loss_of(self._logits(self._network, batch), batch, self._plan.dice)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._network.parameters(), 2.0)
        self._optimiser.step()
        self._follow()
        return float(loss.detach())

    def _logits(self, network: PeopleNet, batch: Batch) -> Tensor:
        frame, plate = (batch[name].permute(0, 3, 1, 2).float().div(255) for name in ("frame", "plate"))
        with torch.autocast(self._device.type, torch.bfloat16):
            logits: Tensor = network(frame, plate, batch["flag"])
        return logits.float()

    @torch.no_grad()
    def _follow(self) -> None:
        """Let the average follow, faster at first (Polyak, B., Juditsky, A.: 1992)."""
        share = 1 - min(self._plan.average, (1 + self.step) / (10 + self.step))
        for ours, theirs in zip(self._average.parameters(), self._network.parameters(), strict=True):
            ours.lerp_(theirs, share)
        for kept, now in zip(self._average.buffers(), self._network.buffers(), strict=True):
            if kept.is_floating_point():
                kept.lerp_(now, share)

    @torch.no_grad()
    def validated(self) -> dict[str, float]:
        """Mean IoU on samples of the held-back photographs, of the present size, with and without a plate."""
        stage = self._plan.stage(max(0, self.step - 1))
        plan = Plan(seed=7, stages=(Stage(1.0, stage.side, stage.batch),), recipe=self._plan.recipe)
        held_back = Batches(self._pack, plan, held_back=True, furniture=self._furniture)
        self._average.eval()
        found: dict[str, list[float]] = {"plate": [], "alone": [], "nobody": []}
        for step in range(VALIDATIONS):
            batch = {name: value.to(self._device) for name, value in held_back[step].items()}
            ours = self._logits(self._average, batch)[:, 0] > 0
            truth = batch["alpha"] > 127
            both, either = (ours & truth).sum((1, 2)), (ours | truth).sum((1, 2))
            for flag, iou, size in zip(
                batch["flag"], both / either.clamp_min(1), truth.sum((1, 2)), strict=True
            ):
                if size > 0:
                    found["plate" if flag else "alone"].append(float(iou))
            empty = ~truth.flatten(1).any(1)
            found["nobody"] += ours[empty].float().mean((1, 2)).tolist()
        means = {name: round(float(np.mean(values or [math.nan])), 4) for name, values in found.items()}
        return {
            "iou_plate": means["plate"],
            "iou_alone": means["alone"],
            "false_where_nobody": means["nobody"],
            "side": stage.side,
        }

    def _note(self, figures: Mapping[str, float]) -> None:
        line = {"step": self.step, "rate": round(self._plan.rate_at(self.step), 7), **figures}
        print(json.dumps(line), flush=True)
        with (self._folder / "curve.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


@torch.no_grad()
def unfolded(folded: PeopleNet, batches: Iterable[Batch]) -> PeopleNet:
    """Put normalisations back into a network whose own were folded away, so that it can be trained on.

    What the convolutions give over some batches is measured; it answers exactly as before until it is trained.
    """
    network = PeopleNet(folded.widths)
    kept = folded.state_dict()
    layers = {
        f"{name}.": module for name, module in network.named_modules() if isinstance(module, nn.BatchNorm2d)
    }
    shifts = {name: kept[f"{name.removesuffix('1.')}0.bias"] for name in layers}
    known = network.state_dict().keys()
    network.load_state_dict({name: value for name, value in kept.items() if name in known}, strict=False)
    for name, layer in layers.items():
        layer.weight.fill_(math.sqrt(1 + layer.eps))
        layer.bias.copy_(shifts[name])
    sums = {name: torch.zeros(2, len(shifts[name]), dtype=torch.float64) for name in layers}
    counts = dict.fromkeys(layers, 0)

    def noting(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def note(_layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            values = inputs[0].double()
            sums[name] += torch.stack((values.sum((0, 2, 3)), values.square().sum((0, 2, 3))))
            counts[name] += values.numel() // values.shape[1]

        return note

    hooks = [layer.register_forward_pre_hook(noting(name)) for name, layer in layers.items()]
    network.eval()
    for batch in batches:
        frame, plate = (batch[name].permute(0, 3, 1, 2).float().div(255) for name in ("frame", "plate"))
        network(frame, plate, batch["flag"])
    for hook in hooks:
        hook.remove()
    for name, layer in layers.items():
        mean, square = (sums[name] / counts[name]).float()
        spread = (square - mean.square()).clamp_min(1e-6)
        layer.running_mean.copy_(mean)  # type: ignore[union-attr]
        layer.running_var.copy_(spread)  # type: ignore[union-attr]
        layer.weight.copy_((spread + layer.eps).sqrt())
        layer.bias.copy_(shifts[name] + mean)
    return network


def _groups(network: PeopleNet, decay: float) -> list[dict[str, object]]:
    """Weights decay; biases and normalisation do not."""
    heavy = [value for value in network.parameters() if value.ndim > 1]
    light = [value for value in network.parameters() if value.ndim <= 1]
    return [{"params": heavy, "weight_decay": decay}, {"params": light, "weight_decay": 0.0}]


def _quiet(_worker: int) -> None:
    """Keep a worker to one thread, behind the training itself."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    os.nice(5)
