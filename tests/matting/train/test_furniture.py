import zipfile
from pathlib import Path

import numpy as np
import pytest

from booth.matting.train.furniture import Furniture, drawn, drawn_library, entries, main, read_mesh
from booth.matting.train.pack import PhotosError


def test_models_of_people_are_left_out_and_the_rest_has_its_true_size(library: Path) -> None:
    with zipfile.ZipFile(library) as archive:
        found = {one.name: one for one in entries(archive)}
    assert sorted(found) == ["box", "lamp", "lost", "sofa"]
    assert found["sofa"].size == (2.0, 0.8, 0.9)
    assert found["lamp"].hung
    assert not found["box"].hung


def test_a_model_stands_on_the_floor_at_its_true_size_turned_as_the_catalogue_says(library: Path) -> None:
    with zipfile.ZipFile(library) as archive:
        entry = next(one for one in entries(archive) if one.name == "sofa")
        mesh = read_mesh(archive, entry)
    assert mesh is not None
    low, high = mesh.corners.reshape(-1, 3).min(0), mesh.corners.reshape(-1, 3).max(0)
    assert low == pytest.approx((-1.0, 0.0, -0.45), abs=1e-5)
    assert high == pytest.approx((1.0, 0.8, 0.45), abs=1e-5)
    assert len(mesh.corners) == 12  # the pane of glass is left out


def test_a_catalogued_model_that_the_library_lacks_is_left_out(library: Path) -> None:
    with zipfile.ZipFile(library) as archive:
        entry = next(one for one in entries(archive) if one.name == "lost")
        assert read_mesh(archive, entry) is None


def test_a_view_is_closed_and_shows_the_nearest_faces_in_their_colours(library: Path) -> None:
    with zipfile.ZipFile(library) as archive:
        mesh = read_mesh(archive, next(entries(archive)))
    assert mesh is not None
    checked = []
    for seed in range(6):
        view, _ = drawn(np.random.default_rng(seed), mesh)
        assert view is not None
        share = view[..., 3]
        assert max(view.shape[:2]) == pytest.approx(224, abs=2)
        rows, columns = np.nonzero(share > 250)
        inside = share[rows.min() + 40 : rows.max() - 40, columns.min() + 20 : columns.max() - 20]
        assert (inside[:, inside.shape[1] // 2] == 255).all()
        solid = view[share == 255][:, :3].astype(int)
        is_red = (solid[:, 0] > 2.5 * solid[:, 1]) & (solid[:, 1] == pytest.approx(solid[:, 2], abs=4))
        is_grey = np.ptp(solid, axis=1) < 4
        assert (is_red | is_grey).mean() > 0.93
        checked.append(bool((is_grey & (solid[:, 0] > 60)).any() and (is_grey & (solid[:, 0] < 5)).any()))
    assert sum(checked) >= 2


def test_the_same_library_gives_the_same_views_and_they_are_read_back(
    library: Path, furniture: Furniture
) -> None:
    again = list(drawn_library(library, 3))
    assert len(again) == len(furniture.views) == 9
    for (view, cutout), packed in zip(again, furniture.views, strict=True):
        assert view.name == packed.name
        assert np.array_equal(furniture.cutout(packed), cutout)
    assert {one.name: one.tall for one in furniture.views}["sofa"] == pytest.approx(0.95, abs=0.4)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        ({}, "has no PluginFurnitureCatalog.properties"),
        ({"PluginFurnitureCatalog.properties": "id=nothing\n"}, "holds no model of furniture"),
    ],
)
def test_what_is_no_library_is_a_clear_error(
    content: dict[str, str] | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "none.sh3f"
    if content is not None:
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in content.items():
                archive.writestr(name, text)
    assert main([str(path), "--out", str(tmp_path / "out")]) == 2
    assert told in capsys.readouterr().err
    with pytest.raises(PhotosError, match=r"holds no furniture\.json"):
        Furniture(tmp_path / "out")
