"""Documents of a run folder, as a training leaves them beside its model file."""

import hashlib
import json
from pathlib import Path

import okng
from okng import modelfile
from okng.modelfile import CertificateMark
from okng.runs.layout import RunFolder

CERTIFICATE = b'{"photos": 90}\n'
_REPORT_JS = Path(okng.__file__).parent / "evaluation" / "templates" / "report.js"
_CASES = (
    '<section class="cases"><div class="controls" hidden><select data-sort><option>order</option>'
    '</select></div><div class="gallery"></div></section>'
)  # report.js shows the controls


def write_documents(model_file: Path, *, body: str = "") -> RunFolder:
    """Write `metrics.json`, a report and a certificate beside a model file, and seal its digest.

    Args:
        model_file: an existing file in its run folder.
        body: HTML that the report holds beside its own.
    """
    run, metadata = RunFolder(model_file.parent), modelfile.read(model_file).metadata
    stated = metadata.model_dump(mode="json", include={"created", "dataset_digest"})
    run.metrics_file.write_text(json.dumps({"model": stated}), encoding="utf-8")
    run.report.write_text(report_page(body), encoding="utf-8")
    run.certificate.write_bytes(CERTIFICATE)
    mark = CertificateMark(
        digest=hashlib.sha256(CERTIFICATE).hexdigest(), photos=90, setups=7, differing=0,
        largest_difference=0.0, created=metadata.created,
    )  # fmt: skip
    modelfile.seal(model_file, metadata.model_copy(update={"certificate": mark}))
    return run


def report_page(body: str = "") -> str:
    """A small report with the style and the script of one."""
    script = _REPORT_JS.read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Report</title>'
        f"<style>\nh1 {{ color: rgb(0, 97, 154); }}\n</style></head><body><h1>Report</h1>{_CASES}"
        f"{body}<script>\n{script}\n</script></body></html>"
    )
