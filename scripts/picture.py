"""Makes the run on generated photos whose report the README shows. Usage: picture.py FOLDER.

Then open FOLDER/run/report.html in headless Chromium, 900 pixels wide, and take a screenshot.
"""

import sys
from pathlib import Path

from okng.commands.train import train
from okng.testing import write_folder

folder = Path(sys.argv[1])
photos = write_folder(folder / "photos", good=150, defective=150, size=128)
train(photos, out=folder / "run", image_size=128)
