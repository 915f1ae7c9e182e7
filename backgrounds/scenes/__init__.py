"""All scenes, in the order in which guests see them."""

from scene import Scene

from scenes import (
    aurora,
    beach,
    blossom,
    cabrio,
    city,
    fireworks,
    jungle,
    lake,
    redcarpet,
    reef,
    retro,
    space,
    studio,
    sweets,
    wedding,
)

SCENES: tuple[Scene, ...] = (
    cabrio.SCENE,
    beach.SCENE,
    city.SCENE,
    retro.SCENE,
    space.SCENE,
    studio.SCENE,
    lake.SCENE,
    aurora.SCENE,
    blossom.SCENE,
    sweets.SCENE,
    reef.SCENE,
    fireworks.SCENE,
    wedding.SCENE,
    jungle.SCENE,
    redcarpet.SCENE,
)
