"""Settings of a camera with its trigger, each in a table with its kind."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, Field, SerializeAsAny, field_validator

from okng.connect.contracts import (
    Around,
    CameraSettings,
    Finding,
    Source,
    SourceSettings,
    TriggerSettings,
)
from okng.connect.kinds import settings_class
from okng.connect.sources.camera.source import CameraSource

CAMERAS = {
    "usb": "okng.connect.cameras.usb:UsbCameraSettings",
    "stream": "okng.connect.cameras.stream:StreamCameraSettings",
    "video": "okng.connect.cameras.video:VideoCameraSettings",
    "genicam": "okng.connect.cameras.genicam:GenicamCameraSettings",
}
TRIGGERS = {
    "http": "okng.connect.triggers.http:HttpTriggerSettings",
    "mqtt": "okng.connect.triggers.mqtt:MqttTriggerSettings",
    "opcua-server": "okng.connect.triggers.opcua_server:OpcUaServerTriggerSettings",
    "plc-modbus": "okng.connect.plc.settings.modbus:ModbusPlcSettings",
    "plc-modbus-server": "okng.connect.plc.settings.modbus:ModbusServerPlcSettings",
    "plc-opcua": "okng.connect.plc.settings.opcua:OpcUaPlcSettings",
    "plc-s7": "okng.connect.plc.settings.s7:S7PlcSettings",
    "timer": "okng.connect.triggers.timer:TimerTriggerSettings",
}
S = TypeVar("S", bound=BaseModel)


class CameraSourceSettings(SourceSettings):
    """A camera with what triggers it."""

    kind: ClassVar[str] = "camera"

    camera: SerializeAsAny[CameraSettings] = Field(description="Table with the camera's kind.")
    trigger: SerializeAsAny[TriggerSettings] = Field(description="Table with the trigger's kind.")

    @field_validator("camera", mode="before")
    @classmethod
    def _camera_of_kind(cls, table: object) -> object:
        return _of_kind(table, "okng.cameras", CameraSettings, CAMERAS)

    @field_validator("trigger", mode="before")
    @classmethod
    def _trigger_of_kind(cls, table: object) -> object:
        return _of_kind(table, "okng.triggers", TriggerSettings, TRIGGERS)

    def check(self, around: Around) -> list[Finding]:
        """Take a photo, and look at the trigger."""
        return [*self.camera.check(around), *self.trigger.check(around)]

    def source(self, around: Around) -> Source:
        """The source; it is not opened yet."""
        return CameraSource(self.camera.camera(around), self.trigger.trigger(around))


def _of_kind(table: object, group: str, base: type[S], built_in: Mapping[str, str]) -> object:
    if not isinstance(table, Mapping):
        return table
    fields: dict[str, Any] = dict(table)
    kind = fields.pop("kind", None)
    if not isinstance(kind, str):
        raise ValueError("the table needs a kind")  # noqa: TRY004 - pydantic takes ValueError
    return settings_class(kind, group, base, built_in).model_validate(fields)
