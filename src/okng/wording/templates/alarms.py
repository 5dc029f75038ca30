"""Alarms of the line: what is wrong, and what a person does about it.

The key is the code of the fault behind `alarm.`; `okng.wording.alarm_in_words` finds it.
"""

from okng.wording.languages import mark
from okng.wording.plural import Template

ALARMS: dict[str, Template] = {
    "alarm.other": mark("Parts are not judged as they should be. See the log of the station."),
    "alarm.connect.failed": mark(
        "It cannot be reached. Check power, cable, address and rights; okng tries again by itself."
    ),
    "alarm.connect.refused": mark(
        "The other side refuses what it is sent. See its log and its rights; the verdict is set "
        "aside and can be sent again."
    ),
    "alarm.connect.login": mark(
        "The other side does not accept the login. Correct user and password in station.toml."
    ),
    "alarm.connect.certificate": mark(
        "A certificate is not valid. Renew it, and check the clock of both machines."
    ),
    "alarm.model.not-followed": mark(
        "A new model cannot be taken, and the one of before judges. Check the address of the "
        "model, its signature and the network; okng tries again by itself."
    ),
    "alarm.camera.missing": mark(
        "The camera is not there. Check power and cable, and that no other program has it; okng "
        "tries again by itself."
    ),
    "alarm.camera.lost": mark(
        "The camera sends no photos any more, and parts are rejected. Check power and cable; okng "
        "tries again by itself."
    ),
    "alarm.camera.size": mark(
        "Photos have another size than before. Check the settings of the camera."
    ),
    "alarm.camera.dropped": mark(
        "A photo was lost on its way from the camera. Check cable, network and load of this "
        "machine."
    ),
    "alarm.camera.setting": mark("The camera does not take a setting. Correct it in station.toml."),
    "alarm.camera.frozen": mark(
        "The camera gives the same photo again and again, and parts are rejected. Restart the "
        "camera, and check its cable."
    ),
    "alarm.station.timeout": mark(
        "Verdicts come too late, and parts are rejected. Check what else runs on this machine; "
        "allow more time, or take a faster model."
    ),
    "alarm.station.blocked": mark(
        "The station is blocked, and parts are rejected. Show the master parts again."
    ),
    "alarm.photo.damaged": mark(
        "A photo is damaged or cut off. Check cable and disk of the camera, and that its program "
        "writes each file to its end."
    ),
    "alarm.photo.empty": mark(
        "A photo is empty. Check the disk of the camera, and that its program writes each file "
        "to its end."
    ),
    "alarm.photo.denied": mark("A photo may not be read. Give the user of okng the right to it."),
    "alarm.photo.no-photo": mark("A part has no photo. Check camera, trigger and light."),
    "alarm.photo.size": mark(
        "A photo has another size than it should. Check the settings of the camera."
    ),
    "alarm.photo.format": mark("A photo is in a format that is not read. Let it be JPEG or PNG."),
    "alarm.inference.failed": mark(
        "The model fails on a photo. Restart the station; if it fails again, check memory and "
        "model file with `okng info`."
    ),
    "alarm.inference.no-score": mark(
        "The model gives no usable score. Check the model file with `okng certify`."
    ),
    "alarm.memory": mark("The memory is full. End other programs, or add memory."),
    "alarm.disk.full": mark("The disk is full. Free some space; nothing is lost meanwhile."),
    "alarm.file.not-writable": mark(
        "A file cannot be written. Close it in other programs, and check its rights; what it "
        "lacks is written later."
    ),
    "alarm.records.failed": mark(
        "Verdicts cannot be put on record, and parts are rejected. Check the database."
    ),
    "alarm.records.unreachable": mark(
        "The database is down. Start it; verdicts wait in a file until then, or parts are "
        "rejected, as `records.on_failure` says."
    ),
    "alarm.records.locked": mark(
        "Another program holds the database. End that program; verdicts wait in a file meanwhile."
    ),
    "alarm.records.conflict": mark(
        "Two different photos came as one part, and the second is rejected. Check that the PLC "
        "or camera never gives a number twice."
    ),
    "alarm.records.held": mark(
        "Old rows stay on record, as a sink has not got them. Bring that sink back, or forget it."
    ),
}
