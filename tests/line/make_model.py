"""Trains a small inspector for the test of the base wheel. Usage: make_model.py FOLDER."""

import sys
from pathlib import Path

from okng.commands.train import train
from okng.testing import broken_photos, write_folder

folder = Path(sys.argv[1])
photos = write_folder(folder / "photos", good=20, defective=20, size=48)
train(photos, out=folder / "run", model="cnn", image_size=32, epochs=2, filters=4, depth=2)
broken_photos(folder / "odd")
