import numpy as np

from booth.matting.train.limbs import with_arm


def test_an_arm_begins_at_the_shoulder_and_adds_to_the_person() -> None:
    colours = np.full((200, 200, 3), (40, 60, 160), np.uint8)
    alpha = np.zeros((200, 200), np.uint8)
    alpha[60:200, 80:120] = 255
    for seed in range(20):
        given, whole = with_arm(np.random.default_rng(seed), colours, alpha, (100.0, 40.0, 40.0))
        assert (whole[alpha == 255] == 255).all()
        grown = (whole > 127) & (alpha == 0)
        assert 150 < grown.sum() < 6000
        rows, columns = np.nonzero(grown)
        near = np.hypot(rows - 80, np.abs(columns - 100) - 24)
        assert near.min() < 20
        assert (given != colours).any(2)[grown].mean() > 0.9


def test_an_arm_out_of_the_picture_changes_nothing() -> None:
    colours, alpha = np.full((64, 64, 3), 90, np.uint8), np.zeros((64, 64), np.uint8)
    given, whole = with_arm(np.random.default_rng(1), colours, alpha, (-400.0, -300.0, 30.0))
    assert np.array_equal(given, colours)
    assert not whole.any()
